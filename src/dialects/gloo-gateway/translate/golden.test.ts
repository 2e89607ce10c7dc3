import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { Translation } from '../../dialect.ts'
import { createGatewayApi } from '../../gateway-api/index.ts'
import { createObjectView } from '../../gateway-api/testing/object-view.ts'
import { glooGatewayContribution } from '../index.ts'

const testdata = new URL('../testdata/', import.meta.url)

const readObjects = (file: string): KubeObject[] =>
  parseAllDocuments(readFileSync(new URL(file, testdata), 'utf8')).map((document) =>
    document.toJS(),
  )

/** Lists of nodes in the order in which they were made, without what is undefined. */
const toPlain = ({ configuration, statuses, secretIds, owned }: Translation): unknown =>
  JSON.parse(
    JSON.stringify({
      listeners: [...configuration.listeners.values()].map(({ id, bindings, http, ...rest }) => ({
        ...{ id, bindings, http, usageLabels: rest.usageLabels },
        accessLogs: rest.accessLogs,
      })),
      routes: [...configuration.routes.values()].filter(({ id }) => id.includes('@')),
      plainRoutes: [...configuration.routes.values()]
        .filter(({ id }) => !id.includes('@'))
        .map(({ id, action }) => ({ id, action })),
      policies: [...configuration.policies.values()],
      secretIds: [...secretIds],
      statuses: statuses
        .filter(({ object }) => !['GatewayClass', 'Gateway'].includes(object.kind))
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
    const translator = createGatewayApi([glooGatewayContribution]).createTranslator()
    const translation = translator.translate(createObjectView(objects))
    await expect(
      stringify(toPlain(translation), { aliasDuplicateObjects: false }),
    ).toMatchFileSnapshot(`../testdata/${name}.out.yaml`)
  })
}
