/**
 * The processed format of the Firefox Profiler, version 48; later viewers upgrade it when they load it.
 * Source: docs-developer/CHANGELOG-formats.md of that project. Stall and count are two tracks.
 */
import { type FaultProfile, stackSums } from '../model/faults/profile.ts';
import type { ExportOptions } from './exporter.ts';

const FORMAT_VERSION = 48;
/** That of what Firefox itself writes, which the viewer asks for too. */
const GECKO_VERSION = 30;
const OTHER_CATEGORY = 0;

export function exportFirefox(profile: FaultProfile, { startedUnixMs }: ExportOptions): string {
  const sums = [...stackSums(profile)];
  const track = (name: string, tid: number, weights: readonly number[], weightType: string) =>
    thread(
      profile,
      sums.map(([stack]) => stack),
      { name, tid, weights, weightType },
    );
  return JSON.stringify({
    meta: {
      interval: 1,
      startTime: startedUnixMs,
      processType: 0,
      product: 'keel: page faults',
      stackwalk: 1,
      debug: false,
      version: GECKO_VERSION,
      preprocessedProfileVersion: FORMAT_VERSION,
      categories: [{ name: 'Other', color: 'grey', subcategories: ['Other'] }],
      markerSchema: [],
      symbolicated: true,
      usesOnlyOneStackType: true,
      doesNotUseFrameImplementation: true,
      sourceCodeIsNotOnSearchfox: true,
    },
    libs: [],
    threads: [
      track(
        'stall',
        1,
        sums.map(([, { stallNs }]) => stallNs / 1e6),
        'tracing-ms',
      ),
      track(
        'faults',
        2,
        sums.map(([, { faults }]) => faults),
        'samples',
      ),
    ],
    pages: [],
    counters: [],
    profilerOverhead: [],
  });
}

interface Track {
  readonly name: string;
  readonly tid: number;
  readonly weights: readonly number[];
  readonly weightType: string;
}

function thread(profile: FaultProfile, samples: readonly number[], track: Track) {
  return {
    processType: 'default',
    processStartupTime: 0,
    processShutdownTime: null,
    registerTime: 0,
    unregisterTime: null,
    pausedRanges: [],
    name: track.name,
    isMainThread: true,
    pid: '1',
    tid: track.tid,
    samples: {
      length: samples.length,
      // The tables here start at 0, where ours have the empty stack.
      stack: samples.map((stack) => stack - 1),
      time: samples.map((_, i) => i),
      weight: track.weights,
      weightType: track.weightType,
    },
    markers: { length: 0, category: [], data: [], endTime: [], name: [], phase: [], startTime: [] },
    ...tablesOf(profile),
  };
}

function tablesOf({ labels, stacks }: FaultProfile) {
  const nodes = Array.from({ length: stacks.size - 1 }, (_, i) => i + 1);
  const binaries = [...new Set(labels.map((label) => label.binary))];
  const strings = [...labels.map((label) => label.name), ...binaries];
  const all = <T>(list: readonly unknown[], value: T): T[] => list.map(() => value);
  return {
    stackTable: {
      length: nodes.length,
      prefix: nodes.map((node) => (stacks.parent(node) === 0 ? null : stacks.parent(node) - 1)),
      frame: nodes.map((node) => stacks.frame(node)),
      category: all(nodes, OTHER_CATEGORY),
      subcategory: all(nodes, 0),
    },
    frameTable: {
      length: labels.length,
      address: all(labels, -1),
      inlineDepth: all(labels, 0),
      category: all(labels, OTHER_CATEGORY),
      subcategory: all(labels, 0),
      func: labels.map((_, i) => i),
      nativeSymbol: all(labels, null),
      innerWindowID: all(labels, 0),
      implementation: all(labels, null),
      line: all(labels, null),
      column: all(labels, null),
    },
    funcTable: {
      length: labels.length,
      name: labels.map((_, i) => i),
      isJS: all(labels, false),
      relevantForJS: all(labels, false),
      resource: labels.map(({ binary }) => binaries.indexOf(binary)),
      fileName: all(labels, null),
      lineNumber: all(labels, null),
      columnNumber: all(labels, null),
    },
    // Type 1 is a library.
    resourceTable: {
      length: binaries.length,
      lib: all(binaries, null),
      name: binaries.map((_, i) => labels.length + i),
      host: all(binaries, null),
      type: all(binaries, 1),
    },
    nativeSymbols: { length: 0, libIndex: [], address: [], name: [], functionSize: [] },
    stringArray: strings,
  };
}
