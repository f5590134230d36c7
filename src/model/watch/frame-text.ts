/** Frames as text and back, without loss: what a history keeps and what a replay gives. */
import { FormatError } from '../../base/errors.ts';
import { missing } from '../../base/missing.ts';
import type { WatchFrame } from './frame.ts';

/** Of the shape of frames. A change that an older reader would misread takes the next number and an upgrade here. */
export const FRAME_VERSION = 2;

/** 64-bit numbers stand as decimal strings, as everywhere in JSON; these fields are such numbers. */
const WIDE_FIELDS: ReadonlySet<string> = new Set(['monotonicNs', 'startTicks']);

export function encodeFrame(frame: WatchFrame): string {
  return JSON.stringify({ version: FRAME_VERSION, ...frame }, (_, value) =>
    typeof value === 'bigint' ? String(value) : value,
  );
}

/** @throws FormatError for text that is no frame, or one of a later version */
export function decodeFrame(text: string): WatchFrame {
  const { version, ...frame } = parsed(text);
  if (version !== 1 && version !== FRAME_VERSION)
    throw new FormatError(`a frame of version ${FRAME_VERSION}`, text);
  if (!isFrame(frame)) throw new FormatError('a whole frame', text);
  return version === 1 ? upgraded(frame) : frame;
}

/** Version 2 added late moments, affinities and changes. */
function upgraded(frame: WatchFrame): WatchFrame {
  const unknown = missing('absent', 'frame', 'recorded by an older keel');
  return {
    ...frame,
    changes: unknown,
    targets: frame.targets.map((target) => ({
      ...target,
      lateMoments: unknown,
      threads: target.threads.map((thread) => ({ ...thread, affinity: unknown })),
    })),
  };
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text, (key, one) =>
      WIDE_FIELDS.has(key) && typeof one === 'string' ? BigInt(one) : one,
    );
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new FormatError('a frame in JSON', text);
}

/** The store checks that a text is as it was written; this tells it from the texts of something else. */
function isFrame(value: Record<string, unknown>): value is Record<string, unknown> & WatchFrame {
  return (
    typeof value.monotonicNs === 'bigint' &&
    typeof value.elapsedNs === 'number' &&
    Array.isArray(value.targets) &&
    typeof value.machine === 'object'
  );
}
