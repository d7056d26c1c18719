import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectionsOfParent, connectionsOfWorker, readWorkers } from './options.ts'

test('one process serves unless --workers says how many', () => {
  assert.equal(readWorkers([]), 1)
  for (const [text, count] of [
    ['1', 1],
    ['4', 4],
    ['64', 64],
  ] as const) {
    assert.equal(readWorkers(['--workers', text]), count)
    assert.equal(readWorkers([`--workers=${text}`]), count)
  }
})

test('a wrong number of workers is one line that says what it may be', () => {
  const rule = '--workers must be a whole number from 1 to 64'
  for (const text of ['0', '65', '-1', '1.5', '4x', '1e1', '9999999999']) {
    const error = { name: 'StartError', message: `${rule}, not "${text}"` }
    assert.throws(() => readWorkers(['--workers', text]), error)
    assert.throws(() => readWorkers([`--workers=${text}`]), error)
  }
  assert.throws(() => readWorkers(['--workers']), { name: 'StartError', message: rule })
  assert.throws(() => readWorkers(['--workers=']), { message: `${rule}, not ""` })
})

test('whatever else is said is refused, not overlooked', () => {
  for (const args of [['--worker', '4'], ['4'], ['--workers', '4', '4'], ['--workers=4', '--x']]) {
    const named = args.find((arg) => !/^--workers|^4$/.test(arg)) ?? '4'
    assert.throws(() => readWorkers(args), {
      message: `The server takes --workers N and nothing else, not "${named}"`,
    })
  }
})

test('workers together open no more connections than the built-in PostgreSQL has', () => {
  const total = (workers: number) => workers * connectionsOfWorker(workers) + connectionsOfParent
  assert.deepEqual([2, 4, 5].map(total), [22, 22, 22])
  for (let workers = 1; workers <= 64; workers += 1) {
    assert.ok(connectionsOfWorker(workers) >= 2, `${workers} workers`)
    assert.ok(total(workers) <= (workers <= 40 ? 82 : 130), `${workers} workers: ${total(workers)}`)
  }
})
