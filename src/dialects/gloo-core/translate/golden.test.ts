import { testGoldenPairs } from '../../shared/testing/golden-pairs.ts'
import { normalizeAll } from '../../shared/testing/normalize-all.ts'
import { createObjectView } from '../../shared/testing/object-view.ts'
import { glooCore } from '../index.ts'

testGoldenPairs(new URL('../testdata/', import.meta.url), (objects) => {
  const view = createObjectView(normalizeAll(glooCore.kinds, objects))
  const { configuration, statuses, secretIds } = glooCore.createTranslator().translate(view)
  return { backends: [...configuration.backends.values()], secretIds: [...secretIds], statuses }
})
