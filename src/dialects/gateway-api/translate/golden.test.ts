import { testGoldenPairs } from '../../shared/testing/golden-pairs.ts'
import { createGatewayApi } from '../index.ts'
import { plainOwned } from '../testing/plain-owned.ts'
import { createStoredView } from '../testing/stored-view.ts'

testGoldenPairs(new URL('../testdata/', import.meta.url), (objects) => {
  const translator = createGatewayApi([]).createTranslator()
  const { configuration, statuses, secretIds, owned } = translator.translate(
    createStoredView(objects),
  )
  return {
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
    owned: owned?.map(plainOwned),
  }
})
