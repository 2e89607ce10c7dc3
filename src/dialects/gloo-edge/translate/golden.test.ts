import { glooCore } from '../../gloo-core/index.ts'
import { testGoldenPairs } from '../../shared/testing/golden-pairs.ts'
import { normalizeAll } from '../../shared/testing/normalize-all.ts'
import { createObjectView } from '../../shared/testing/object-view.ts'
import { glooEdge } from '../index.ts'

const kinds = [...glooEdge.kinds, ...glooCore.kinds]

testGoldenPairs(new URL('../testdata/', import.meta.url), (objects) => {
  const view = createObjectView(normalizeAll(kinds, objects))
  const { configuration, statuses, secretIds } = glooEdge.createTranslator().translate(view)
  return {
    listeners: [...configuration.listeners.values()],
    virtualHosts: [...configuration.virtualHosts.values()],
    routes: [...configuration.routes.values()],
    backends: [...configuration.backends.keys()],
    policies: [...configuration.policies.values()],
    secretIds: [...secretIds],
    statuses: statuses.map(({ object, status }) => ({ object, status })),
  }
})
