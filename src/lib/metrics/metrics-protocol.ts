/** What is spoken at a port of a gateway's Service where its metrics are read: the port's `appProtocol`. */
export const metricsAppProtocol = 'sluice.dev/metrics'
