import { emptyPiece } from '../../../lib/http/body-piece.ts'
import type { Usage } from '../../../llm/usage.ts'
import type { UsageScan } from '../../../llm/usage-scan.ts'
import { asString } from '../json-value.ts'
import { MemberScan } from './member-scan.ts'

/** What an API calls the things looked for. */
export interface UsageNames {
  readonly usage: string
  /** Undefined: its answers do not name the model. */
  readonly model: string | undefined
  /** Reads what stands under the name; `earlier` is what another report of the same answer has said. */
  readUsage(value: unknown, earlier: Usage | undefined): Usage | undefined
}

/** A scan that also says how many reports it has met. */
export interface CountingScan extends UsageScan {
  readonly reports: number
}

/** A scan that passes everything on. The last report of an answer counts. */
export function createUsageScan(names: UsageNames): CountingScan {
  let reports = 0
  let usage: Usage | undefined
  let model: string | undefined
  const usages = new MemberScan(names.usage, 'object', (value) => {
    usage = names.readUsage(value, usage) ?? usage
    reports++
  })
  const models =
    names.model === undefined
      ? undefined
      : new MemberScan(names.model, 'string', (value) => {
          model ??= asString(value)
        })
  return {
    push(piece) {
      usages.push(piece.latin1)
      if (model === undefined) models?.push(piece.latin1)
      return piece
    },
    end() {
      usages.end()
      models?.end()
      return emptyPiece
    },
    get usage() {
      return usage
    },
    isWhole: false,
    get reports() {
      return reports
    },
    get model() {
      return model
    },
  }
}
