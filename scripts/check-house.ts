/** Checks the house: layers, pure folders, kernel paths, sizes, names. Exits 1 with a line for each offence. */
import { join } from 'node:path';
import { forbiddenImports } from './house/layers.ts';
import { emptyName, impure, kernelPathOutsideReader, missingUnit, tooLong } from './house/rules.ts';
import { importsOf, isTest, sourceFiles } from './house/source-files.ts';

const root = join(import.meta.dirname, '..', 'src');
const all = sourceFiles(root);
const shipped = all.filter((file) => !isTest(file));
const offences = [
  ...forbiddenImports(shipped.flatMap((file) => importsOf(file, root))),
  ...shipped.flatMap((file) => [...impure(file), ...kernelPathOutsideReader(file), ...missingUnit(file)]),
  ...all.flatMap((file) => emptyName(file)),
  ...shipped.flatMap((file) => tooLong(file)),
];
for (const offence of offences) console.error(offence);
console.log(`${all.length} files checked, ${offences.length} offences`);
process.exitCode = offences.length > 0 ? 1 : 0;
