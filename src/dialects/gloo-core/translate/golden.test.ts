import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import type { KubeObject } from '../../../kube/kube-object.ts'
import type { Translation } from '../../dialect.ts'
import { glooCore } from '../index.ts'
import { createObjectView } from '../testdata/object-view.ts'

const testdata = new URL('../testdata/', import.meta.url)

const readObjects = (file: string): KubeObject[] =>
  parseAllDocuments(readFileSync(new URL(file, testdata), 'utf8')).map((document) => {
    const object = document.toJS() as KubeObject
    const kind = glooCore.kinds.find((candidate) => candidate.kind === object.kind)
    return kind?.normalize?.(object).object ?? object
  })

/** Without what is undefined, which a reader need not see. */
const toPlain = ({ configuration, statuses, secretIds }: Translation): unknown =>
  JSON.parse(
    JSON.stringify({
      backends: [...configuration.backends.values()],
      secretIds: [...secretIds],
      statuses,
    }),
  )

for (const file of readdirSync(testdata).filter((name) => name.endsWith('.in.yaml'))) {
  const name = file.slice(0, -'.in.yaml'.length)
  test(name.replaceAll('-', ' '), async () => {
    const objects = createObjectView(readObjects(file))
    const translation = glooCore.createTranslator().translate(objects)
    await expect(
      stringify(toPlain(translation), { aliasDuplicateObjects: false }),
    ).toMatchFileSnapshot(`../testdata/${name}.out.yaml`)
  })
}
