import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, expect, test } from 'vitest';

/* The types of the built package, as a TypeScript program of someone else gets them. */

/** Like an installed package, in a folder inside the project, where its packages are found. */
let installed: string;
let program: ts.Program;

beforeAll(async () => {
  await mkdir('.cache', { recursive: true });
  installed = resolve(await mkdtemp('.cache/types-'));
  const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json', '--emitDeclarationOnly'];
  await promisify(execFile)(process.execPath, [...tsc, '--outDir', join(installed, 'dist')]);
  await copyFile('package.json', join(installed, 'package.json'));
  await copyFile('examples/nightly.ts', join(installed, 'nightly.ts'));
  program = ts.createProgram([join(installed, 'nightly.ts')], {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    types: ['node'],
  });
});
afterAll(() => rm(installed, { recursive: true }));

test('a strict program compiles with the types of the built package, libraries included', () => {
  const problems = ts.getPreEmitDiagnostics(program);
  expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([]);
});

test('a program can name every type that the client takes or returns, and the types of their parts', () => {
  const checker = program.getTypeChecker();
  const client = program.getSourceFile(join(installed, 'dist/client/activation-client.d.ts'))!;
  const original = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const exported = new Set(checker.getExportsOfModule(checker.getSymbolAtLocation(client)!).map(original));
  expect(exported.size).toBeGreaterThan(0);
  // Programs catch failures and do not create them: the types of the constructor stay internal.
  const failure = [...exported].filter(({ name }) => name === 'Failure');
  const seen = new Set(failure);
  const visit = (node: ts.Node): void => {
    if (ts.isTypeReferenceNode(node)) named(checker.getSymbolAtLocation(node.typeName));
    ts.forEachChild(node, visit);
  };
  const named = (symbol: ts.Symbol | undefined): void => {
    const found = symbol && original(symbol);
    if (!found || seen.has(found)) return;
    seen.add(found);
    const own =
      found.declarations?.filter((each) => each.getSourceFile().fileName.startsWith(installed)) ?? [];
    own.forEach(visit);
    if (own.length === 0) seen.delete(found);
  };
  exported.forEach(named);
  const missing = [...seen].filter(
    (symbol) => !exported.has(symbol) && !ts.isTypeParameterDeclaration(symbol.declarations![0]!),
  );
  expect(missing.map(({ name }) => name).sort()).toEqual([]);
});
