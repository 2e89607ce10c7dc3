const names: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'keep-alive',
  'proxy-connection',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Whether a header says where messages and connections end, which only who sends them knows (RFC 9110, section 7.6.1). */
export const isFramingHeader = (name: string): boolean => names.has(name.toLowerCase())
