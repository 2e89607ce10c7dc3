import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import type { KubeObject } from '../../../kube/kube-object.ts'

const inputEnding = '.in.yaml'

/**
 * One test for each input of `testdata`: what `translate` makes of its objects, and of those in `base.yaml` before them
 * where there is one, is written in the file beside it. What is undefined is left out.
 */
export function testGoldenPairs(
  testdata: URL,
  translate: (objects: readonly KubeObject[]) => unknown,
): void {
  const readObjects = (file: string): KubeObject[] =>
    parseAllDocuments(readFileSync(new URL(file, testdata), 'utf8')).map((document) =>
      document.toJS(),
    )

  const files = readdirSync(testdata)
  const base = files.includes('base.yaml') ? readObjects('base.yaml') : []
  for (const file of files.filter((name) => name.endsWith(inputEnding))) {
    const name = file.slice(0, -inputEnding.length)
    test(name.replaceAll('-', ' '), async () => {
      const translated = translate([...base, ...readObjects(file)])
      const plain: unknown = JSON.parse(JSON.stringify(translated))
      await expect(stringify(plain, { aliasDuplicateObjects: false })).toMatchFileSnapshot(
        fileURLToPath(new URL(`${name}.out.yaml`, testdata)),
      )
    })
  }
}
