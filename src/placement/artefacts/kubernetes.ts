/**
 * Kubernetes: nobody names CPUs there. The kubelet gives whole CPUs to containers of guaranteed pods, if its CPU manager
 * is static; so a pin becomes a number of CPUs. Source: kubernetes.io, "Control CPU Management Policies on the Node".
 */
import { type ArtefactWriter, cannot, onlyThreads, type Wanted } from '../artefact.ts';

export const kubernetes: ArtefactWriter = {
  form: 'kubernetes',
  write(wanted) {
    const threads = onlyThreads(wanted, 'Kubernetes');
    if (threads !== null) return threads;
    const cpus = cpusFor(wanted);
    if (cpus === null) return cannot('a pod has no setting for it', '파드에 해당 설정이 없습니다');
    return {
      files: [{ path: 'pod.yaml', text: fragment(cpus) }],
      commands: ['kubectl apply -f pod.yaml'],
      undo: ['kubectl apply -f previous-pod.yaml'],
      notes: [...(wanted.cpus === null ? [] : [STATIC]), ...(wanted.memory === null ? [] : [ONE_NODE])],
    };
  },
};

const STATIC = {
  en: 'the kubelet needs --cpu-manager-policy=static (and full-pcpus-only=true for whole cores), and a restart with a drained node; it chooses the CPUs itself',
  ko: 'kubelet에 --cpu-manager-policy=static(코어 단위는 full-pcpus-only=true)이 필요하고 노드를 비운 뒤 다시 시작해야 합니다. CPU는 kubelet이 고릅니다',
};
const ONE_NODE = {
  en: 'for one NUMA node: --topology-manager-policy=single-numa-node and the static memory manager',
  ko: 'NUMA 노드 하나에 두려면 --topology-manager-policy=single-numa-node와 static 메모리 관리자가 필요합니다',
};

/** Whole CPUs for a pin; a quota may be a part of one. */
function cpusFor({ cpus, quota }: Wanted): string | null {
  if (quota !== null) return `${Math.round(quota.toCpus * 1000)}m`;
  return cpus === null ? null : `${cpus.size}`;
}

/** Requests equal to limits, of CPU and of memory, in every container: that makes the pod guaranteed. */
function fragment(cpus: string): string {
  return `spec:
  containers:
    - name: CONTAINER
      resources:
        requests: { cpu: "${cpus}", memory: "MEMORY" }
        limits: { cpu: "${cpus}", memory: "MEMORY" }
`;
}
