/** The pieces of time that the noise program tells of, out of the rings of the watched CPUs. */
import { CPU_VECTORS, FIRST_VECTOR_ID } from '../bpf/late/records.ts';
import { type BuiltCpuNoise, NOISE_KIND, NOISE_PIECE } from '../bpf/programs/cpu-noise.ts';
import type { NoisePiece, NoisePieces, NoiseTaker } from '../experiments/experiment.ts';
import type { Host } from '../host/host.ts';
import type { EventAttributes, SampleField } from '../perf/attributes.ts';
import { Comms } from '../perf/comms.ts';
import { decodeOther } from '../perf/records.ts';
import type { RingCursor } from '../perf/ring-cursor.ts';
import { sampleLayout } from '../perf/sample-layout.ts';
import { TimeBase } from '../perf/time-base.ts';
import { softirqName, vectorName } from './decode-late-events.ts';
import { EventRings } from './event-rings.ts';
import { interruptLookup } from './late-lookups.ts';
import type { LoadedProgram } from './load-bpf.ts';
import { fillEventArray } from './run-bpf.ts';

const FIELDS: readonly SampleField[] = ['raw'];
const OUTPUT: EventAttributes = {
  source: { kind: 'software', name: 'bpf-output' },
  sample: FIELDS,
  period: 1,
  startEnabled: true,
};
const LAYOUT = sampleLayout(FIELDS);
/** The raw data begin with their length. */
const wordOf = (field: Parameters<typeof NOISE_PIECE.offset>[0]) =>
  LAYOUT.variableAt + 1 + NOISE_PIECE.offset(field) / 4;
const AT = {
  kind: wordOf('kind'),
  id: wordOf('id'),
  sinceNs: wordOf('sinceNs'),
  lastedNs: wordOf('lastedNs'),
  comm: wordOf('comm0'),
};

/** Per CPU: 16,000 pieces, which even 100,000 switches a second do not make between two drains. */
const RING_BYTES = 1024 * 1024;
const DRAIN_EVERY_MS = 50;
/** Of one CPU; some 40 MB. */
const MOST_PIECES = 500_000;

interface Taken {
  readonly pieces: NoisePiece[];
  lost: number;
}

export class NoisePieceRings implements Disposable {
  readonly #rings: EventRings;
  readonly #base = new TimeBase(process.hrtime.bigint());
  readonly #byCpu: ReadonlyMap<number, Taken>;
  readonly #timer: NodeJS.Timeout;
  readonly #comms = new Comms();
  readonly #takers = new Map<string, NoiseTaker>();
  readonly #interruptOf: (number: number) => string;

  /** @param cpus those that the program watches. @throws KernelError */
  constructor(host: Host, loaded: LoadedProgram<BuiltCpuNoise>, cpus: readonly number[]) {
    const pageBytes = host.facts.pageBytes ?? 4096;
    this.#interruptOf = interruptLookup(host);
    this.#byCpu = new Map(cpus.map((cpu) => [cpu, { pieces: [], lost: 0 }]));
    this.#rings = new EventRings({ cpus, pageBytes, ringPages: RING_BYTES / pageBytes });
    try {
      this.#rings.add('pieces', OUTPUT);
      fillEventArray(loaded, loaded.built.output, this.#rings.descriptorsOf('pieces'));
    } catch (error) {
      this.#rings.close();
      throw error;
    }
    this.#timer = setInterval(() => this.drain(), DRAIN_EVERY_MS);
  }

  drain(): void {
    this.#rings.drain((record, name, cpu) => this.#take(record, name, cpu));
  }

  of(cpu: number): NoisePieces {
    const { pieces = [], lost = 0 } = this.#byCpu.get(cpu) ?? {};
    return { baseNs: this.#base.baseNs, pieces, lost };
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#rings.close();
  }

  #take(record: RingCursor, name: string | null, cpu: number): void {
    const taken = this.#byCpu.get(cpu);
    if (taken === undefined) return;
    if (name === null) {
      const other = decodeOther(record, LAYOUT, this.#base);
      if (other?.kind === 'lost') taken.lost += other.records;
      return;
    }
    if (taken.pieces.length === MOST_PIECES) {
      taken.lost += 1;
      return;
    }
    taken.pieces.push({
      taker: this.#taker(record),
      sinceNs: this.#base.at(record, AT.sinceNs),
      lastedNs: record.number(AT.lastedNs),
    });
  }

  #taker(record: RingCursor): NoiseTaker {
    const [kind, id] = [record.word(AT.kind), record.word(AT.id)];
    const comm = kind === NOISE_KIND.task ? this.#comms.textAt(record, AT.comm, id) : '';
    const key = `${kind} ${id} ${comm}`;
    const known = this.#takers.get(key);
    if (known !== undefined) return known;
    const made = this.#named(kind, id, comm);
    this.#takers.set(key, made);
    return made;
  }

  #named(kind: number, id: number, comm: string): NoiseTaker {
    if (kind === NOISE_KIND.task) return { kind: 'task', name: comm, tid: id };
    if (kind === NOISE_KIND.softirq) return { kind: 'softirq', name: softirqName(id), tid: null };
    const vector = CPU_VECTORS[id - FIRST_VECTOR_ID];
    const name = vector === undefined ? this.#interruptOf(id) : vectorName(vector);
    return { kind: 'interrupt', name, tid: null };
  }
}
