/** Tells systemd how a service is: sd_notify(3). Nothing happens where nobody asked to be told. */
import { sendDatagram } from '../native/unix-datagram.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface ServiceManager {
  /** How often it wants to hear that all is well; null: never. */
  readonly watchdogNs: number | null;
  /** Lines such as `READY=1`. Never throws: a manager that is gone is no reason to stop working. */
  readonly tell: (...lines: readonly string[]) => void;
}

export function serviceManager(env: Environment, pid: number): ServiceManager {
  const { NOTIFY_SOCKET: socket, WATCHDOG_USEC: us, WATCHDOG_PID: of } = env;
  const isForUs = of === undefined || of === String(pid);
  return {
    watchdogNs: us !== undefined && /^\d{1,15}$/.test(us) && isForUs ? Number(us) * 1000 : null,
    tell(...lines) {
      if (socket === undefined || !/^[/@]/.test(socket)) return;
      try {
        sendDatagram(socket, lines.join('\n'));
      } catch {
        // It is told again with the next step.
      }
    },
  };
}
