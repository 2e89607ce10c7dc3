import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { Translation } from '../../dialect.ts'
import { createGatewayApi } from '../index.ts'
import { createObjectView } from '../testing/object-view.ts'

const testdata = new URL('../testdata/', import.meta.url)

const readObjects = (file: string): KubeObject[] =>
  parseAllDocuments(readFileSync(new URL(file, testdata), 'utf8')).map((document) =>
    document.toJS(),
  )

/** Lists of nodes in the order in which they were made, without what is undefined. */
const toPlain = ({ configuration, statuses, secretIds, owned }: Translation): unknown =>
  JSON.parse(
    JSON.stringify({
      listeners: [...configuration.listeners.values()],
      virtualHosts: [...configuration.virtualHosts.values()],
      routes: [...configuration.routes.values()],
      backends: [...configuration.backends.values()].map(
        ({ id, protocol, tls, loadBalancer, endpoints }) => ({
          ...{ id, protocol, tls, loadBalancer },
          endpoints: endpoints.map(({ host, port }) => `${host}:${port}`),
        }),
      ),
      policies: [...configuration.policies.values()],
      secretIds: [...secretIds],
      statuses: statuses
        .filter(({ object }) => object.kind !== 'GatewayClass')
        .map(({ object, status }) => ({ object, status })),
      owned: owned?.map(({ kind, metadata, ...rest }) => ({
        ...{ kind, metadata },
        spec: rest['spec'],
      })),
    }),
  )

for (const file of readdirSync(testdata).filter((name) => name.endsWith('.in.yaml'))) {
  const name = file.slice(0, -'.in.yaml'.length)
  test(name.replaceAll('-', ' '), async () => {
    const objects = [...readObjects('base.yaml'), ...readObjects(file)]
    const translation = createGatewayApi([]).createTranslator().translate(createObjectView(objects))
    await expect(
      stringify(toPlain(translation), { aliasDuplicateObjects: false }),
    ).toMatchFileSnapshot(`../testdata/${name}.out.yaml`)
  })
}
