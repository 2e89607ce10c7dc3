/** The group of Gloo's options, and of the classic API. */
export const optionsGroup = 'gateway.solo.io'
