/** What Gloo's plugins say of options that are wrong, in Gloo's words. */
export const texts = {
  headerKeyPseudo: ': -prefixed or host headers may not be modified',
  headerKeyFraming: (key: string) => `'${key}' belongs to the connection and may not be modified`,
  headerKeyInvalid: (key: string) => `'${key}' is an invalid HTTP header key`,
  headerValueInvalid: (key: string) =>
    `the value of header '${key}' contains a line break or another control character`,
  headerMissing: 'header section of header value option cannot be nil',
  responseHost: 'cannot set Host header in response headers',
  responsePseudo: (key: string) => `:-prefixed headers cannot be set: '${key}'`,
  abortStatus: (status: number) =>
    `invalid abort status code '${status}', must be in range of [200,600)`,
  delayDuration: (delay: string) => `invalid delay duration '${delay}', must be greater than 0`,
  corsOrigins: 'invalid cors config: must provide at least one of AllowOrigin or AllowOriginRegex',
  rateLimitConfigMissing: (reference: string) => `could not find RateLimitConfig ${reference}`,
  rateLimitConfigRejected: (reference: string, reason: string) =>
    `RateLimitConfig ${reference} is rejected: ${reason}`,
  backOffOrder: (base: number, max: number) => `base interval: ${base} is > max interval: ${max}`,
  backOffNoBase: 'max interval was defined, but the base interval was not',
  backOffNotPositive: (which: string, value: number) =>
    `${which} interval for retry backoff was <= than 0 | you provided: ${value}`,
  virtualHostUnprotected: (advice: string) =>
    `VirtualHost Warning: UnsupportedProtection. Routes that do not turn it off answer 500, because ${advice}`,
  optionUnprotected: (advice: string) =>
    `UnsupportedProtection. Routes that use these options answer 500, because ${advice}`,
  shadowPercentage: (percentage: number) =>
    `shadow percentage must be between 0 and 100, received ${percentage}`,
  aiWithoutRetries:
    'the AI Upstream has several priorities, but the route no retries that go on to the next one: its models are asked only while the endpoints before them are unhealthy. Set options.retries with previousPriorities',
  upgradeNotUnique: (upgrade: string) => `upgrade config ${upgrade} is not unique`,
} as const
