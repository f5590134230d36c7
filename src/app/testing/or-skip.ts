/** Live tests of what the kernel may not let this user do. */
import { KeelError } from '../../base/errors.ts';

/**
 * @param skip as the test's context has it: called with the reason where the kernel refuses
 * @returns null where the test was skipped
 */
export async function orSkip<T>(skip: (reason: string) => void, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KeelError) || !/^E_(PRIVILEGE|UNSUPPORTED)$/.test(error.code)) throw error;
    skip(`this kernel does not let this user: ${error.message}`);
    return null;
  }
}
