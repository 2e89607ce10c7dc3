/** Why fields of capabilities that are not served have no effect. */
export const unserved = {
  buffer: 'bodies are streamed and not buffered',
  csrf: 'cross-site request forgery is not checked',
  dlp: 'data is not masked',
  extauth: 'no external authorisation is asked',
  extensions: 'plugins of other programs are not loaded',
  extProc: 'no external processor is called',
  rateLimit: 'limits of a whole listener are not counted; limits of routes and virtual hosts are',
  tracing: 'no traces are sent',
  transformations: 'bodies and headers are not transformed by templates',
  waf: 'no web application firewall runs',
} as const
