/** /sys/kernel/btf/vmlinux: the kernel's description of its own types; there with CONFIG_DEBUG_INFO_BTF. */
import { bytesReader } from '../../host/reader.ts';

export const kernelBtf = bytesReader({
  path: '/sys/kernel/btf/vmlinux',
  doc: 'Documentation/bpf/btf.rst',
  capture: 'never', // megabytes, and of use only to load programs into this very kernel
  parse: (text): Uint8Array => Buffer.from(text, 'latin1'),
});
