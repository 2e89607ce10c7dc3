/** A failure that its message explains to the person at the terminal; no stack trace is shown. */
export class CommandError extends Error {}
