/** Places in code, each once: what stacks are made of until names are found for them. */
import type { FileIdentity } from '../faults/address-space.ts';

/** A file whose code ran, or code that the kernel lends ("[vdso]"). */
export interface CodeImage {
  readonly path: string;
  readonly file: FileIdentity | null;
  /** A process that has it mapped: through its root the path is what the process meant. */
  readonly tgid: number;
}

/** Which build of a file ran. */
export interface CodeBuild {
  readonly path: string;
  /** In hexadecimal; null where the linker was told to leave it out. */
  readonly buildId: string | null;
}

export type Frame =
  /** `offset` is that of the file. */
  | { readonly kind: 'image'; readonly image: number; readonly offset: number }
  /** Code without a file: made by a JIT compiler, or its mapping is not known. */
  | { readonly kind: 'memory'; readonly tgid: number; readonly address: number }
  /** As a signed 64-bit value. */
  | { readonly kind: 'kernel'; readonly address: number }
  /** More places than are kept. */
  | { readonly kind: 'beyond' };

/** A browser under load has some 100,000; a hostile target could make endless ones. */
const MOST_FRAMES = 500_000;
const MOST_IMAGES = 10_000;

export const BEYOND_FRAME = 0;

export class FrameTable {
  readonly #images: CodeImage[] = [];
  readonly #imageIds = new Map<string, number>();
  readonly #frames: Frame[] = [{ kind: 'beyond' }];
  readonly #ofImage: Map<number, number>[] = [];
  readonly #ofMemory = new Map<number, Map<number, number>>();
  readonly #ofKernel = new Map<number, number>();

  get images(): readonly CodeImage[] {
    return this.#images;
  }

  get frames(): readonly Frame[] {
    return this.#frames;
  }

  /** @returns null beyond the number of files that are kept */
  image(image: CodeImage): number | null {
    const { file } = image;
    const key = `${file === null ? '' : `${file.major}:${file.minor}:${file.inode}`} ${image.path}`;
    const known = this.#imageIds.get(key);
    if (known !== undefined) return known;
    if (this.#images.length >= MOST_IMAGES) return null;
    this.#imageIds.set(key, this.#images.length);
    this.#ofImage.push(new Map());
    return this.#images.push(image) - 1;
  }

  inImage(image: number, offset: number): number {
    const known = this.#ofImage[image];
    return known === undefined ? BEYOND_FRAME : this.#id(known, offset, { kind: 'image', image, offset });
  }

  inMemory(tgid: number, address: number): number {
    let known = this.#ofMemory.get(tgid);
    if (known === undefined) {
      known = new Map();
      this.#ofMemory.set(tgid, known);
    }
    return this.#id(known, address, { kind: 'memory', tgid, address });
  }

  inKernel(address: number): number {
    return this.#id(this.#ofKernel, address, { kind: 'kernel', address });
  }

  #id(known: Map<number, number>, key: number, frame: Frame): number {
    const id = known.get(key);
    if (id !== undefined) return id;
    if (this.#frames.length >= MOST_FRAMES) return BEYOND_FRAME;
    known.set(key, this.#frames.length);
    return this.#frames.push(frame) - 1;
  }
}
