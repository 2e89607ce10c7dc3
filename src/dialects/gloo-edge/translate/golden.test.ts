import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { Translation } from '../../dialect.ts'
import { glooEdge } from '../index.ts'
import { createObjectView, normalizeAll } from '../testing/object-view.ts'

const testdata = new URL('../testdata/', import.meta.url)

const readObjects = (file: string): KubeObject[] =>
  parseAllDocuments(readFileSync(new URL(file, testdata), 'utf8')).map((document) =>
    document.toJS(),
  )

/** Lists of nodes in the order in which they were made, without what is undefined. */
const toPlain = ({ configuration, statuses, secretIds }: Translation): unknown =>
  JSON.parse(
    JSON.stringify({
      listeners: [...configuration.listeners.values()],
      virtualHosts: [...configuration.virtualHosts.values()],
      routes: [...configuration.routes.values()],
      backends: [...configuration.backends.keys()],
      policies: [...configuration.policies.values()],
      secretIds: [...secretIds],
      statuses: statuses.map(({ object, status }) => ({ object, status })),
    }),
  )

for (const file of readdirSync(testdata).filter((name) => name.endsWith('.in.yaml'))) {
  const name = file.slice(0, -'.in.yaml'.length)
  test(name.replaceAll('-', ' '), async () => {
    const objects = normalizeAll([...readObjects('base.yaml'), ...readObjects(file)])
    const translation = glooEdge.createTranslator().translate(createObjectView(objects))
    await expect(
      stringify(toPlain(translation), { aliasDuplicateObjects: false }),
    ).toMatchFileSnapshot(`../testdata/${name}.out.yaml`)
  })
}
