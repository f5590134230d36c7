/** The registry of forms. One line per form; `index.test.ts` compares it with the folder. */
import type { ArtefactWriter } from '../artefact.ts';
import { docker } from './docker.ts';
import { kubernetes } from './kubernetes.ts';
import { libvirt } from './libvirt.ts';
import { numactl } from './numactl.ts';
import { podman } from './podman.ts';
import { systemd } from './systemd.ts';
import { taskset } from './taskset.ts';

export const ARTEFACT_WRITERS: readonly ArtefactWriter[] = [
  taskset,
  systemd,
  docker,
  podman,
  kubernetes,
  libvirt,
  numactl,
];
