import type { BodyDefaults } from '../../ir/policies/body-defaults.ts'
import { dropClientModels } from '../../llm/client-models.ts'
import type { PolicyModule } from '../policy.ts'

const setsModel = ({ field, override }: BodyDefaults['fields'][number]) =>
  override && field === 'model'

/** Sets fields of requests to models, in the order of the configuration. */
export const bodyDefaults: PolicyModule<BodyDefaults> = {
  type: 'body-defaults',
  compile: ({ fields }) => ({
    type: 'body-defaults',
    readsModelCall: 'optional',
    onModelRequest(_context, _call, request) {
      if (fields.some(setsModel)) dropClientModels(request)
      for (const { field, value, override } of fields) {
        if (!override && Object.hasOwn(request.json, field)) continue
        // One value serves many requests, each of which may change its own.
        Object.defineProperty(request.json, field, {
          value: structuredClone(value),
          writable: true,
          enumerable: true,
          configurable: true,
        })
        request.markChanged()
      }
      return undefined
    },
  }),
}
