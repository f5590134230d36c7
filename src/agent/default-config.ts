/** Where the configuration is unless another is named; apart, because naming it must not load what reads it. */
export const DEFAULT_CONFIG = '/etc/evenkeel/agent.yaml';
