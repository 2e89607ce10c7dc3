import { createGatewayApi } from '../../gateway-api/index.ts'
import { plainOwned } from '../../gateway-api/testing/plain-owned.ts'
import { createStoredView } from '../../gateway-api/testing/stored-view.ts'
import { testGoldenPairs } from '../../shared/testing/golden-pairs.ts'
import { glooGatewayContribution } from '../index.ts'

testGoldenPairs(new URL('../testdata/', import.meta.url), (objects) => {
  const translator = createGatewayApi([glooGatewayContribution]).createTranslator()
  const { configuration, statuses, secretIds, owned } = translator.translate(
    createStoredView(objects),
  )
  const routes = [...configuration.routes.values()]
  return {
    listeners: [...configuration.listeners.values()].map(
      ({ id, bindings, http, usageLabels, accessLogs }) => ({
        ...{ id, bindings, http, usageLabels, accessLogs },
      }),
    ),
    routes: routes.filter(({ id }) => id.includes('@')),
    plainRoutes: routes
      .filter(({ id }) => !id.includes('@'))
      .map(({ id, action }) => ({ id, action })),
    policies: [...configuration.policies.values()],
    secretIds: [...secretIds],
    statuses: statuses
      .filter(({ object }) => !['GatewayClass', 'Gateway'].includes(object.kind))
      .map(({ object, status }) => ({ object, status })),
    owned: owned?.map(plainOwned),
  }
})
