/**
 * What servers need of `node:http`. An `import` of that module reads all its exports, and reading one of them
 * (`WebSocket`) loads a whole implementation of fetch: 28 ms and 4 MB in each thread.
 */
export const { createServer, request, ServerResponse, STATUS_CODES } =
  process.getBuiltinModule('node:http')
