import type { GuardDetector } from '../../../ir/policies/prompt-guard.ts'
import { creditCard } from './credit-card.ts'
import type { Detector } from './detector.ts'
import { createEmailDetector } from './email.ts'
import { legacyCardTracks, legacyCreditCard } from './legacy-credit-card.ts'
import { legacySsn } from './legacy-ssn.ts'
import { createPhoneNumberDetector } from './phone-number.ts'
import { ssn } from './ssn.ts'

const detectorsByName: Readonly<Record<GuardDetector, () => readonly Detector[]>> = {
  'credit-card': () => [creditCard],
  ssn: () => [ssn],
  'phone-number': () => [createPhoneNumberDetector()],
  email: () => [createEmailDetector()],
  'legacy-credit-card': () => [legacyCreditCard, legacyCardTracks],
  'legacy-ssn': () => [legacySsn],
  // The early releases had no other forms of these two.
  'legacy-phone-number': () => [createPhoneNumberDetector()],
  'legacy-email': () => [createEmailDetector()],
}

/** What looks for `name`; loads what it needs. */
export function createDetectors(name: GuardDetector): readonly Detector[] {
  return detectorsByName[name]()
}
