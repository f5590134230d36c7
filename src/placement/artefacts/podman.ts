/** Podman: the options of Docker, for its own containers. */
import type { ArtefactWriter } from '../artefact.ts';
import { containerArtefact } from '../container.ts';

export const podman: ArtefactWriter = {
  form: 'podman',
  write: (wanted) => containerArtefact('podman', wanted),
};
