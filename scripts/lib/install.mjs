import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { runChild } from './child.mjs'
import { Fault } from './fault.mjs'
import { withLock } from './lock.mjs'
import { root } from './project.mjs'

const lockFile = path.join(root, 'package-lock.json')
const installed = path.join(root, 'node_modules')
const stampFile = path.join(installed, '.affitor-installed')
/** What npm itself notes about the packages it has put into node_modules. */
const installedLockFile = path.join(installed, '.package-lock.json')
const installTimeoutMs = 10 * 60_000

/**
 * Makes node_modules agree with package-lock.json, with `npm ci` when it does not. Returns at once
 * when nothing is to be done. Throws a Fault when the packages cannot be installed.
 */
export async function ensureInstalled() {
  if (isCurrent()) return
  await withLock('install', async () => {
    if (isCurrent()) return
    if (!wasInstalledByHand()) await install()
    mkdirSync(installed, { recursive: true })
    writeFileSync(stampFile, wantedStamp())
  })
}

function isCurrent() {
  return readIfThere(stampFile) === wantedStamp()
}

/** Packages with native code differ by platform, so a copied node_modules must not pass. */
function wantedStamp() {
  const content = readFileSync(lockFile)
  const hash = createHash('sha256').update(content).digest('hex')
  return `${hash} ${process.platform}-${process.arch}\n`
}

/**
 * Whether somebody's own `npm install` has already put every package there in the locked version.
 * Without this, the next start after it would delete and fetch everything once more, under the feet
 * of whatever is running.
 */
function wasInstalledByHand() {
  const found = readIfThere(installedLockFile)
  if (found === undefined) return false
  const present = JSON.parse(found).packages
  const wanted = JSON.parse(readFileSync(lockFile, 'utf8')).packages
  return Object.entries(wanted).every(([name, entry]) => {
    if (name === '' || (entry.optional && !isForThisPlatform(entry))) return true
    const there = present[name]
    if (entry.optional && there === undefined) return entry.os === undefined
    return there?.version === entry.version && there?.integrity === entry.integrity
  })
}

function isForThisPlatform({ os, cpu, libc }) {
  const fits = (list, value) => list === undefined || list.includes(value)
  // A package for another C library is left out by npm too; which one this is, is npm's to know.
  return fits(os, process.platform) && fits(cpu, process.arch) && libc === undefined
}

async function install() {
  process.stderr.write('Installing dependencies (npm ci)…\n')
  // Gone first, so that an installation cut short is never taken for a finished one.
  rmSync(stampFile, { force: true })
  rmSync(installedLockFile, { force: true })
  // The level is given because `npm run --silent` passes its own on and would hide the reason.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, output } = await runNpm(args)
  if (code !== 0) {
    const reason = reasonIn(output)
    throw new Fault(`Could not install dependencies: ${reason} (npm ci shows all of it)`)
  }
}

async function runNpm(args) {
  try {
    return await runChild('npm', args, { timeoutMs: installTimeoutMs })
  } catch (error) {
    if (error.code === 'ENOENT') throw new Fault('npm was not found on the PATH.')
    throw error
  }
}

/** The one line of npm's report that says what is wrong. */
function reasonIn(output) {
  const lines = output
    .split('\n')
    .filter((line) => line.startsWith('npm error'))
    .map((line) => line.slice('npm error'.length).trim())
  const noise = /^(code|errno|syscall|path|dest|command|type)\b|^A complete log|^$/
  return lines.find((line) => !noise.test(line)) ?? output.trim().split('\n').at(-1) ?? 'no output'
}

function readIfThere(file) {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error.code === 'ENOENT') return undefined
    throw error
  }
}
