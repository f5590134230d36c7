/** Docker: options of `docker update` for a running container, and of `docker run` for the next. */
import type { ArtefactWriter } from '../artefact.ts';
import { containerArtefact } from '../container.ts';

export const docker: ArtefactWriter = {
  form: 'docker',
  write: (wanted) => containerArtefact('docker', wanted),
};
