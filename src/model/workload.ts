/** The words for what a thread does and what kind of work a process is. */

/**
 * - `throttled`: its CPU quota stops it
 * - `memory_stalled`: page faults hold it
 * - `oversubscribed`: its own threads want more CPUs than there are for them
 * - `latency_periodic`: one thread wakes at a steady rate and must be on time
 * - `io_bound`: waits for storage
 * - `cache_sensitive`: misses the caches often; only where hardware counters say so
 * - `migration_heavy`: its threads are moved often
 * - `cpu_intensive_steady`, `cpu_intensive_bursty`: wants a CPU all the time, or in bursts
 * - `balanced`: works, and is none of these
 */
export const WORKLOAD_CLASSES = [
  'throttled',
  'memory_stalled',
  'oversubscribed',
  'latency_periodic',
  'io_bound',
  'cache_sensitive',
  'migration_heavy',
  'cpu_intensive_steady',
  'cpu_intensive_bursty',
  'balanced',
] as const;

export type WorkloadClass = (typeof WORKLOAD_CLASSES)[number];

/**
 * - `tick`: wakes at a steady rate
 * - `worker`: wants a quarter of a CPU and more
 * - `storage`: waits for storage most of what it does not sleep
 * - `helper`: works now and then
 * - `asleep`: never ran in the window
 */
export const THREAD_ROLES = ['tick', 'worker', 'storage', 'helper', 'asleep'] as const;

export type ThreadRole = (typeof THREAD_ROLES)[number];
