// Runs the steps of a scenario over HTTP, with optional crashes, and compares the result with the reference model.
import type { FastifyInstance } from 'fastify'
import { Account } from '../../models/account.js'
import { AccountStreams } from '../../models/account-streams.js'
import { Play } from '../../models/play.js'
import { flushExpiredLeases } from '../../src/watching/streams/flush.js'
import { containerOf } from '../support/app.js'
import { call, type TestResponse } from '../support/requests.js'
import type { TestUser } from '../support/users.js'
import { ReferenceModel } from './reference-model.js'
import type { ModelActions, ModelEvent, ModelPlay } from './reference-plays.js'
import type { Step } from './scenario-steps.js'
import type { World } from './scenario-world.js'

const MINUTE = 60_000

/** A crash of a process at a write: before the write, or after it but before its acknowledgement. */
export interface Crash {
  /** Writes that succeed before. */
  readonly after: number
  readonly isAfterWrite: boolean
}
export class CrashError extends Error {}

/**
 * Makes one write fail, counted over the three collections that a flush writes.
 * @returns a function that restores the models, and returns true when the crash happened
 */
export function injectCrash ({ after, isAfterWrite }: Crash): () => boolean {
  let remaining = after
  let hasHappened = false
  const restore: Array<() => void> = []
  // The collections of the driver: some writes bypass the models.
  for (
    const collection of [Play, Account, AccountStreams].map((model) => model.collection) as unknown as Array<
      Record<'updateOne' | 'bulkWrite', (...args: unknown[]) => Promise<unknown>>
    >
  ) {
    for (const method of ['updateOne', 'bulkWrite'] as const) {
      const original = collection[method]
      collection[method] = async function (...args: unknown[]) {
        if (hasHappened || remaining-- > 0) return await original.apply(collection, args)
        hasHappened = true
        if (!isAfterWrite) throw new CrashError('before the write')
        await original.apply(collection, args)
        throw new CrashError('after the write')
      }
      restore.push(() => {
        collection[method] = original
      })
    }
  }
  return () => {
    for (const restoreModel of restore) restoreModel()
    return hasHappened
  }
}

/** Runs a scenario over HTTP for one profile, and records the acknowledged actions. */
export class ScenarioRunner {
  readonly actions: ModelActions = { plays: [], marks: [], rewatches: [], hidden: [] }
  readonly base: string
  crashes = 0
  events = 0
  private readonly streams: Array<
    { id: string, play: ModelPlay, expiresAt: number, isRemoved: boolean, isStopped: boolean }
  > = []
  private readonly plays = new Map<string, ModelPlay>()
  private requests = 0

  constructor (readonly world: World, readonly kim: TestUser, readonly findCrash: (request: number) => Crash | null) {
    this.base = `/v1/profiles/${kim.profileId}`
  }

  private nextApp (): FastifyInstance {
    return this.world.apps[this.requests++ % this.world.apps.length]!
  }

  private now (): number {
    return this.world.clock.now().getTime()
  }

  /** Sends a request to either app, and once more after a failure, as clients do. */
  private async send (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown): Promise<TestResponse> {
    const crash = this.findCrash(this.requests)
    const endCrash = crash === null ? null : injectCrash(crash)
    try {
      const first = await this.sendOnce(method, url, body)
      if (endCrash?.() === true) this.crashes++
      if (!hasFailed(first)) return first
    } finally {
      endCrash?.()
    }
    const second = await this.sendOnce(method, url, body)
    if (hasFailed(second)) throw new Error(`${method} ${url}: ${second.status} ${JSON.stringify(second.body)}`)
    return second
  }

  private async sendOnce (method: 'POST' | 'PUT' | 'DELETE', url: string, body?: unknown): Promise<TestResponse> {
    return await call(this.nextApp(), method, url, { token: this.kim.token, ...(body === undefined ? {} : { body }) })
  }

  async runAll (steps: readonly Step[]): Promise<void> {
    for (const step of steps) {
      await this.run(step)
      this.world.clock.advance(7)
    }
    // All leases end, and the clean-up job flushes the streams that were not stopped.
    this.world.clock.advance(2 * MINUTE)
    await this.cleanUp()
  }

  private async run (step: Step): Promise<void> {
    switch (step.do) {
      case 'start':
        return await this.start(step)
      case 'heartbeat':
      case 'stop':
        return await this.sendStreamEvent(step)
      case 'report':
      case 'batch':
        return await this.report(step)
      case 'mark':
        return await this.mark(step)
      case 'hide': {
        const title = this.world.titles[step.title]!
        await this.send('DELETE', `${this.base}/continue-watching/${title}`)
        this.actions.hidden.push({ title, at: this.now() })
        return
      }
      case 'rewatch': {
        const title = this.world.titles[step.title]!
        const isUntouched = new ReferenceModel(this.world.items, this.actions).isUntouched(title)
        await this.send('PUT', `${this.base}/rewatch/${title}`)
        if (!isUntouched) this.actions.rewatches.push({ title, at: this.now() })
        for (let i = this.actions.hidden.length - 1; i >= 0; i--) {
          if (this.actions.hidden[i]!.title === title) this.actions.hidden.splice(i, 1)
        }
        return
      }
      case 'wait':
        this.world.clock.advance(step.seconds * 1_000)
        return
      case 'clean-up':
        await this.cleanUp()
    }
  }

  private async start (step: Extract<Step, { do: 'start' }>): Promise<void> {
    const item = this.world.items[step.item]!
    const { status, body } = await this.send('POST', `${this.base}/playback`, {
      itemId: item.id,
      private: step.private,
    })
    if (status === 409) return
    const play: ModelPlay = { item, start: { at: this.now(), positionMs: body.positionMs }, events: [] }
    if (!step.private) this.actions.plays.push(play)
    this.streams.push({
      id: body.streamId,
      play,
      expiresAt: this.now() + MINUTE,
      isRemoved: false,
      isStopped: false,
    })
  }

  private async sendStreamEvent (step: Extract<Step, { do: 'heartbeat' | 'stop' }>): Promise<void> {
    const stream = this.streams.at(-1 - step.stream)
    if (stream === undefined) return
    const at = this.now() - step.secondsAgo * 1_000
    // Time and ID identify an event: a second one with both is a repetition.
    const { eventId, positionMs, watchedMs } = step
    const known = stream.play.events.find((event) => event.at === at && event.eventId === eventId)
    const event: ModelEvent = known ?? { at, eventId, positionMs, watchedMs }
    const body = {
      positionMs: event.positionMs,
      at: new Date(at).toISOString(),
      eventId: event.eventId,
      ...(event.watchedMs === null ? {} : { watchedMs: event.watchedMs }),
    }
    this.events++
    if (step.do === 'heartbeat') {
      const { status } = await this.send('PUT', `${this.base}/playback/${stream.id}`, { ...body, state: step.state })
      // The position counts while the lease is stored; an ended lease stays ended.
      if (!stream.isRemoved && !stream.isStopped) stream.play.events.push(event)
      if (status === 200) stream.expiresAt = this.now() + MINUTE
    } else {
      const { status } = await this.send('POST', `${this.base}/playback/${stream.id}/stop`, body)
      // An ended private stream is unknown, and so may be one that never played.
      if (status === 200) stream.play.events.push(event)
      stream.isStopped = true
    }
  }

  private async report ({ do: method, events, repeated }: Extract<Step, { do: 'report' | 'batch' }>): Promise<void> {
    const now = this.now()
    const all = events.map(({ item, secondsAgo, positionMs, watchedMs, eventId, play }) => {
      const at = now - secondsAgo * 1_000
      const playKey = play === null ? `${item} ${new Date(at).toISOString().slice(0, 10)}` : toPlayId(item, play)
      const body = {
        itemId: this.world.items[item]!.id,
        positionMs,
        at: new Date(at).toISOString(),
        eventId,
        ...(watchedMs === null ? {} : { watchedMs }),
        ...(play === null ? {} : { playId: playKey }),
      }
      return { item: this.world.items[item]!, playKey, body, event: { at, eventId, positionMs, watchedMs } }
    })
    this.events += all.length
    if (method === 'report') {
      const { itemId, ...body } = all[0]!.body
      await this.send('PUT', `${this.base}/progress/${itemId}`, body)
    } else {
      await this.send('POST', `${this.base}/progress/batch`, {
        events: [...all, ...repeated.map((i) => all[i % all.length]!)].map(({ body }) => body).sort((a, b) =>
          a.eventId < b.eventId ? -1 : 1
        ),
      })
    }
    for (const { item, playKey, event } of all) {
      let play = this.plays.get(playKey)
      if (play === undefined) {
        play = { item, start: null, events: [] }
        this.plays.set(playKey, play)
        this.actions.plays.push(play)
      }
      play.events.push(event)
    }
  }

  private async mark ({ item: index, watched: isWatched, msAgo }: Extract<Step, { do: 'mark' }>): Promise<void> {
    const item = this.world.items[index]!
    const watchedAt = this.now() - msAgo * 1_000
    const isKnown = this.actions.marks.some((one) => one.item === item) ||
      this.actions.plays.some((one) => one.item === item && one.events.length > 0)
    if (isWatched) {
      await this.send('PUT', `${this.base}/watched/${item.id}`, { watchedAt: new Date(watchedAt).toISOString() })
    } else await this.send('DELETE', `${this.base}/watched/${item.id}`)
    if (isWatched || isKnown) this.actions.marks.push({ item, watched: isWatched, markedAt: this.now(), watchedAt })
  }

  /** Runs the clean-up job, and once more after a crash. */
  private async cleanUp (): Promise<void> {
    const crash = this.findCrash(this.requests)
    const watching = { ...containerOf(this.nextApp()).watching, warn: () => undefined }
    const endCrash = crash === null ? null : injectCrash(crash)
    try {
      await flushExpiredLeases(watching).catch((error: unknown) => {
        if (!(error instanceof CrashError)) throw error
      })
    } finally {
      if (endCrash?.() === true) this.crashes++
    }
    await flushExpiredLeases(watching)
    for (const stream of this.streams) if (stream.expiresAt <= this.now()) stream.isRemoved = true
  }

  /** Reads the state from the service, in the terms of the model. */
  async readActual () {
    const get = async (path: string) =>
      await call(this.nextApp(), 'GET', `${this.base}/${path}`, {
        token: this.kim.token,
      })
    const time = (text: string | null): number | null => text === null ? null : Date.parse(text)
    const progress = await Promise.all(this.world.items.map(async ({ id }) => {
      const { status, body } = await get(`progress/${id}`)
      return status === 404
        ? null
        : {
          positionMs: body.positionMs,
          watchedMs: body.watchedMs,
          started: body.started,
          finished: body.finished,
          finishedAt: time(body.finishedAt),
          lastWatchedAt: time(body.lastWatchedAt),
        }
    }))
    const cards = (await get('continue-watching')).body.items.map((card: any) => ({
      title: card.title.id,
      kind: card.kind,
      item: card.item.id,
      positionMs: card.positionMs,
      pass: card.pass,
      skippedBefore: card.skippedBefore,
      activity: time(card.lastWatchedAt),
    }))
    const history = (await get('history?limit=100')).body.items.map((one: any) => ({
      item: one.item.id,
      startedAt: time(one.startedAt),
      lastWatchedAt: time(one.lastWatchedAt),
      positionMs: one.positionMs,
      watchedMs: one.watchedMs,
    }))
    return { progress, cards, history: sorted(history) }
  }

  computeExpected () {
    const model = new ReferenceModel(this.world.items, this.actions)
    return {
      progress: this.world.items.map((item) => model.progress(item)),
      cards: model.cards(),
      history: sorted(model.history()),
    }
  }
}

/** The ID that a player gives to one of its plays. */
export function toPlayId (item: number, play: number): string {
  return `3f2c9d1e-8f0a-4b7e-9a51-${String(play * 10 + item).padStart(12, '0')}`
}

function hasFailed ({ status, body }: TestResponse): boolean {
  return status >= 500 ||
    (status === 200 && Array.isArray(body?.results) &&
      body.results.some((one: { status: number }) => one.status >= 500))
}

function sorted<T extends { lastWatchedAt: number, positionMs: number, item: string }> (plays: T[]): T[] {
  return plays.sort((a, b) =>
    b.lastWatchedAt - a.lastWatchedAt || (a.item < b.item ? -1 : a.item > b.item ? 1 : b.positionMs - a.positionMs)
  )
}
