/** Shorter values are not looked for: they stand in too many words that are no credential. */
const minCredentialLength = 8

const scheme = /^[\w-]+ +(?=\S)/
const basic = /^basic +/i

/** What of a header's value is secret: all but the scheme, and of Basic what it encodes. */
export function credentialsOfHeader(value: string): readonly string[] {
  const bare = value.replace(scheme, '')
  const credential = bare.length < minCredentialLength ? value : bare
  if (!basic.test(value)) return [credential]
  const pair = Buffer.from(bare, 'base64').toString('latin1')
  return [credential, pair, pair.slice(pair.indexOf(':') + 1)]
}

/**
 * The texts that repeat a credential: as it is, in base64 wherever in a longer text it starts, and in hexadecimal. Escapes of URLs,
 * JSON and HTML are left to whoever compares them.
 */
export function formsOf(credential: string): readonly Buffer[] {
  if (credential.length < minCredentialLength) return []
  const utf8 = Buffer.from(credential)
  // Headers carry one byte for each of these characters, while texts about them are UTF-8.
  const bytes = utf8.length === credential.length ? [utf8] : [utf8, bytesOf(credential)]
  const forms = bytes.flatMap((each) => [each.toString('latin1'), ...encodingsOf(each)])
  return [...new Set(forms)].map(bytesOf)
}

const bytesOf = (text: string) => Buffer.from(text, 'latin1')

function encodingsOf(bytes: Buffer): readonly string[] {
  const hex = bytes.toString('hex')
  const base64 = [0, 1, 2].flatMap((before) => {
    const text = Buffer.concat([Buffer.alloc(before), bytes]).toString('base64')
    // A character stands for 6 bits; those that share bits with the neighbours depend on them.
    const core = text.slice(
      Math.ceil((before * 8) / 6),
      Math.floor(((before + bytes.length) * 8) / 6),
    )
    return [core, core.replaceAll('+', '-').replaceAll('/', '_')]
  })
  return [hex, hex.toUpperCase(), ...base64]
}
