import assert from 'node:assert/strict'
import { chmodSync, lstatSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findBinaries } from '../../src/db/embedded/binaries.ts'
import { openToOthers } from '../../src/db/embedded/open-to-others.ts'
import { freshDirectory } from './harness.ts'

test('links that npm was not allowed to make are made at the start', async () => {
  const { native } = await findBinaries()
  // Part of the packages for Linux, and not used by the server itself: others may run meanwhile.
  const link = join(native, 'lib', 'libecpg.so')
  unlinkSync(link)
  await Promise.all([findBinaries(), findBinaries()])
  assert.ok(lstatSync(link).isSymbolicLink())
})

test('programs that a strict umask closed are opened to other users, and nothing else', async (t) => {
  const native = freshDirectory(t)
  for (const name of ['bin', 'share']) mkdirSync(join(native, name), { mode: 0o700 })
  writeFileSync(join(native, 'bin', 'postgres'), '', { mode: 0o700 })
  writeFileSync(join(native, 'share', 'data'), '', { mode: 0o600 })
  const outside = freshDirectory(t)
  symlinkSync(outside, join(native, 'link'))
  chmodSync(outside, 0o700)
  await openToOthers(native)
  const mode = (...names: string[]) => lstatSync(join(native, ...names)).mode & 0o777
  assert.equal(mode(), 0o755)
  assert.equal(mode('bin', 'postgres'), 0o755)
  assert.equal(mode('share'), 0o755)
  assert.equal(mode('share', 'data'), 0o644)
  assert.equal(lstatSync(outside).mode & 0o777, 0o700)
})
