import type { SecureContextOptions, SecureVersion } from 'node:tls'

/** What a configuration says of a handshake; empty lists and undefined leave it to Node's defaults. */
export interface HandshakeLimits {
  readonly minimumVersion: SecureVersion | undefined
  readonly maximumVersion: SecureVersion | undefined
  readonly cipherSuites: readonly string[]
  readonly ecdhCurves?: readonly string[]
}

/** Versions, cipher suites and curves as Node takes them, of either side. */
export function protocolOptions(limits: HandshakeLimits): SecureContextOptions {
  const { minimumVersion, maximumVersion, cipherSuites, ecdhCurves = [] } = limits
  return {
    ...(minimumVersion === undefined ? {} : { minVersion: minimumVersion }),
    ...(maximumVersion === undefined ? {} : { maxVersion: maximumVersion }),
    ...(cipherSuites.length === 0 ? {} : { ciphers: cipherSuites.join(':') }),
    ...(ecdhCurves.length === 0 ? {} : { ecdhCurve: ecdhCurves.join(':') }),
  }
}
