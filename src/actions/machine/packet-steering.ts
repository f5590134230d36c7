/** The CPUs that process the packets of a receive queue (RPS); none is the CPU of the interrupt. */
import { fileSetting, isKernelList } from './file-setting.ts';

export const packetSteering = fileSetting({
  name: 'packetSteering',
  label: { en: 'packets of', ko: '패킷' },
  isPlace: (at) => /^[^/\0]{1,64}\/\d{1,9}$/.test(at) && !/^\.{1,2}\//.test(at),
  isValue: isKernelList,
});
