import { createRequire } from 'node:module'
import type { CountryCode, MetadataJson } from 'libphonenumber-js'
import type { Metadata as PhoneMetadata } from 'libphonenumber-js/core'

/** Tells numbers by the numbering plans that Google's libphonenumber keeps; `digits` hold nothing else. */
export interface NumberingPlans {
  /** Whether `digits` is a number as it is dialled within the region, or from there to abroad. */
  isNumberOf(region: CountryCode, digits: string): boolean
  /** Whether `digits`, which begin with the code of a country, is a number there. */
  isInternational(digits: string): boolean
}

interface Plan {
  readonly callingCode: string
  readonly nationalPrefix: string
  /** What is dialled before the code of another country. */
  readonly abroadPrefix: RegExp
  /** Numbers that are given out, without any prefix. */
  readonly given: RegExp
}

/** Loads 150 KB of plans; 20 ms and 11 MB, so only where something looks for phone numbers. */
export function loadNumberingPlans(): NumberingPlans {
  const load = createRequire(import.meta.url)
  const json = load('libphonenumber-js/metadata.max.json') as MetadataJson
  const { Metadata } = load('libphonenumber-js/core') as { Metadata: typeof PhoneMetadata }
  const metadata = new Metadata(json)
  const planByRegion = new Map<CountryCode, Plan>()

  function planOf(region: CountryCode): Plan {
    const known = planByRegion.get(region)
    if (known !== undefined) return known
    const plan = readPlan(metadata, region)
    planByRegion.set(region, plan)
    return plan
  }

  function isInternational(digits: string): boolean {
    for (let length = 1; length <= 3; length += 1) {
      const regions = json.country_calling_codes[digits.slice(0, length)]
      if (regions === undefined) continue
      const rest = digits.slice(length)
      return regions.some((region) => isGiven(planOf(region), rest))
    }
    return false
  }

  function isNumberOf(region: CountryCode, digits: string): boolean {
    const plan = planOf(region)
    if (isGiven(plan, digits)) return true
    if (digits.startsWith(plan.callingCode) && isGiven(plan, digits.slice(plan.callingCode.length)))
      return true
    const abroad = plan.abroadPrefix.exec(digits)
    return abroad !== null && isInternational(digits.slice(abroad[0].length))
  }

  return { isNumberOf, isInternational }
}

function readPlan(metadata: PhoneMetadata, region: CountryCode): Plan {
  metadata.selectNumberingPlan(region)
  const plan = metadata.numberingPlan as unknown as RawPlan
  const patterns = plan.types().flatMap((type) => (Array.isArray(type) ? [String(type[0])] : []))
  const given = patterns.length > 0 ? patterns : [plan.nationalNumberPattern()]
  return {
    callingCode: plan.callingCode(),
    nationalPrefix: plan.nationalPrefix() ?? '',
    abroadPrefix: new RegExp(`^(?:${plan.IDDPrefix() ?? '00'})`),
    given: new RegExp(`^(?:${given.join('|')})$`),
  }
}

/** What the library's plans have beyond what its types say. */
interface RawPlan {
  callingCode(): string
  nationalPrefix(): string | undefined
  IDDPrefix(): string | undefined
  nationalNumberPattern(): string
  types(): readonly unknown[]
}

function isGiven({ given, nationalPrefix }: Plan, digits: string): boolean {
  if (given.test(digits)) return true
  return (
    nationalPrefix !== '' &&
    digits.startsWith(nationalPrefix) &&
    given.test(digits.slice(nationalPrefix.length))
  )
}
