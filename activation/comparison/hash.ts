import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/*
 * xxHash of many pieces of one buffer. The library's own functions copy every piece into the memory of its WebAssembly
 * and allocate memory, which takes seven times as long. Here the buffer is copied once, and its pieces are hashed in
 * place.
 */

/** The parts of WebAssembly that are used. The types of Node 20 lack them. */
declare const WebAssembly: {
  Module: new (binary: Uint8Array) => object;
  Instance: new (module: object) => { exports: unknown };
};

interface XxHash {
  mem: { readonly buffer: ArrayBuffer; grow(pages: number): void };
  xxh64: (start: number, length: number, seed: bigint) => bigint;
}

const PAGE = 65_536;
const library = dirname(createRequire(import.meta.url).resolve('xxhash-wasm'));
const binary = readFileSync(join(library, '../workerd/xxhash.wasm'));
const { mem, xxh64 } = new WebAssembly.Instance(new WebAssembly.Module(binary)).exports as XxHash;
let memory = new Uint8Array(mem.buffer);
let filled = 0;

/** Sets the bytes whose pieces are hashed next. There is only one such buffer, so no other code may run in between. */
export function hashWithin(bytes: Uint8Array): void {
  makeRoom(bytes.length);
  memory.set(bytes);
  filled = bytes.length;
}

/** Hashes the bytes `[start, end)` of the buffer of {@link hashWithin}; 64 bits, signed. */
export function hashPiece(start: number, end: number, seed: bigint): bigint {
  return xxh64(start, end - start, seed);
}

/** Hashes a few other bytes. The buffer of {@link hashWithin} stays; 64 bits, signed. */
export function hashBytes(bytes: Uint8Array, seed: bigint): bigint {
  makeRoom(filled + bytes.length);
  memory.set(bytes, filled);
  return xxh64(filled, bytes.length, seed);
}

function makeRoom(bytes: number): void {
  if (bytes <= memory.length) return;
  mem.grow(Math.ceil((bytes - memory.length) / PAGE));
  memory = new Uint8Array(mem.buffer);
}
