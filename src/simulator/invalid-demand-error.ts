/** A demand that nobody can act on, to be told to whoever sent it. */
export class InvalidDemandError extends Error {}
