// Statistics for the staff, as JSON or CSV, and the streams that are playing now.
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import { stringify } from 'csv-stringify/sync'
import type { FastifyReply } from 'fastify'
import { Type } from 'typebox'
import type { Catalogue } from '../src/catalogue/store/catalogue.js'
import { validationFailed } from '../src/errors.js'
import { Cursor, Limit, listSchema, pageSchema, ref, responses, strict } from '../src/schemas/common.js'
import {
  AccountsOfPlan,
  AccountStream,
  DEFAULT_PERIOD_DAYS,
  ErrorsOfHour,
  formatQuery,
  periodQuery,
  PlaysOfDay,
  PlaysOfTitle,
  SignUpsOfDay,
  StorageOfKind,
} from '../src/schemas/statistics.js'
import type { CursorCodec } from '../src/security/cursors.js'
import { countAccountsByPlan, countSignUpsByDay, listStreamingAccounts } from '../src/statistics/account-statistics.js'
import type { ErrorCounts } from '../src/statistics/error-counts.js'
import type { StorageStatistics } from '../src/statistics/storage-statistics.js'
import {
  countPlaysByDay,
  DAY_MS,
  listMostPlayedTitles,
  MAX_PERIOD_DAYS,
  type Period,
} from '../src/statistics/watching-statistics.js'
import { describeStream } from '../src/watching/streams/describe-stream.js'

const PeriodQuery = strict(periodQuery)
const CSV = { 'text/csv': { schema: Type.String({ description: 'One line per item, with column names first' }) } }

export interface AdminStatisticsRouteOptions {
  readonly catalogue: Catalogue
  readonly cursors: CursorCodec
  readonly errorCounts: ErrorCounts
  readonly storageStatistics: StorageStatistics
  now(): Date
}

const adminStatistics: FastifyPluginAsyncTypebox<AdminStatisticsRouteOptions> = async (app, deps) => {
  const { catalogue, cursors, errorCounts, storageStatistics, now } = deps

  app.get('/admin/streams', {
    config: { access: 'staff' },
    schema: {
      tags: ['Admin: statistics'],
      summary: 'List the streams that are playing now, by account',
      description: 'A page contains all streams of its accounts, so it may have more items than `limit`.',
      operationId: 'listAllStreams',
      querystring: strict({ limit: Limit, cursor: Type.Optional(Cursor) }),
      response: responses({ 200: pageSchema(ref(AccountStream)) }),
    },
  }, async (request) => {
    const { limit, cursor } = request.query
    const scope = ['all streams']
    const { rows, next } = await listStreamingAccounts(cursors.decode<string>(cursor, scope), limit, now())
    const items = rows.flatMap(({ streams, account }) =>
      streams.leases.map((lease) => ({
        accountId: streams._id.toString(),
        email: account?.email ?? null,
        plan: account?.plan ?? null,
        stream: describeStream({ catalogue }, account?.profiles ?? [], lease),
      }))
    )
    return { items, nextCursor: cursors.encodeNext(next, scope) }
  })

  app.get('/admin/statistics/days', {
    config: { access: 'staff', scope: 'statistics:read' },
    schema: {
      tags: ['Admin: statistics'],
      summary: 'Count plays, playing time and profiles by day',
      description: 'Days are in UTC; playing time is in ms. `format=csv` returns a file.',
      operationId: 'countPlaysByDay',
      querystring: PeriodQuery,
      response: responses({ 200: withCsv(PlaysOfDay) }),
    },
  }, async (request, reply) => await sendItems(reply, request.query, await countPlaysByDay(periodOf(request.query))))

  app.get('/admin/statistics/titles', {
    config: { access: 'staff', scope: 'statistics:read' },
    schema: {
      tags: ['Admin: statistics'],
      summary: 'List the most played titles of a period',
      description: 'By the number of plays in the period. `format=csv` returns a file.',
      operationId: 'listMostPlayedTitles',
      querystring: strict({ ...periodQuery, limit: Limit }),
      response: responses({ 200: withCsv(PlaysOfTitle) }),
    },
  }, async (request, reply) => {
    const titles = await listMostPlayedTitles(periodOf(request.query), request.query.limit)
    return await sendItems(
      reply,
      request.query,
      titles.map(({ titleId, titleName, ...counts }) => ({
        titleId,
        title: catalogue.findTitle(titleId)?.title ?? titleName,
        ...counts,
      })),
    )
  })

  app.get(
    '/admin/statistics/plans',
    {
      config: { access: 'staff', scope: 'statistics:read' },
      schema: {
        tags: ['Admin: statistics'],
        summary: 'Count accounts and sign-ups by plan',
        description: 'Accounts today, and sign-ups of the period. `format=csv` returns a file.',
        operationId: 'countAccountsByPlan',
        querystring: PeriodQuery,
        response: responses({ 200: withCsv(AccountsOfPlan) }),
      },
    },
    async (request, reply) => await sendItems(reply, request.query, await countAccountsByPlan(periodOf(request.query))),
  )

  app.get(
    '/admin/statistics/sign-ups',
    {
      config: { access: 'staff', scope: 'statistics:read' },
      schema: {
        tags: ['Admin: statistics'],
        summary: 'Count sign-ups by day and plan',
        description: 'Days and plans without sign-ups are left out, and so are accounts that were erased.',
        operationId: 'countSignUpsByDay',
        querystring: PeriodQuery,
        response: responses({ 200: withCsv(SignUpsOfDay) }),
      },
    },
    async (request, reply) => await sendItems(reply, request.query, await countSignUpsByDay(periodOf(request.query))),
  )

  app.get('/admin/statistics/storage', {
    config: { access: 'staff', scope: 'statistics:read' },
    schema: {
      tags: ['Admin: statistics'],
      summary: 'Count stored files and their bytes by kind',
      description: 'Counts are up to five minutes old. `format=csv` returns a file.',
      operationId: 'countStorage',
      querystring: strict(formatQuery),
      response: responses({ 200: withCsv(StorageOfKind) }),
    },
  }, async (request, reply) => await sendItems(reply, request.query, await storageStatistics.count()))

  app.get('/admin/statistics/errors', {
    config: { access: 'staff', scope: 'statistics:read' },
    schema: {
      tags: ['Admin: statistics'],
      summary: 'Count errors by hour',
      description: 'Hours in UTC without errors are left out. Counts of other processes are up to 15 seconds old, ' +
        'and remain for 400 days. `format=csv` returns a file.',
      operationId: 'countErrorsByHour',
      querystring: PeriodQuery,
      response: responses({ 200: withCsv(ErrorsOfHour) }),
    },
  }, async (request, reply) => await sendItems(reply, request.query, await errorCounts.list(periodOf(request.query))))

  /** @throws DomainError 400 `validation-failed` for a period that is too long or ends before it starts */
  function periodOf ({ from, to }: { readonly from?: string, readonly to?: string }): Period {
    const lastDay = to === undefined ? Math.floor(now().getTime() / DAY_MS) * DAY_MS : Date.parse(to)
    const start = from === undefined ? lastDay - (DEFAULT_PERIOD_DAYS - 1) * DAY_MS : Date.parse(from)
    if (start > lastDay) throw validationFailed([{ pointer: '/from', message: 'must not be after the last day' }])
    if (lastDay - start >= MAX_PERIOD_DAYS * DAY_MS) {
      throw validationFailed([{ pointer: '/from', message: `must be at most ${MAX_PERIOD_DAYS} days with the last` }])
    }
    return { from: start, until: lastDay + DAY_MS }
  }
}

const withCsv = <T extends Parameters<typeof ref>[0]>(item: T) => ({
  description: 'Statistics',
  content: { 'application/json': { schema: listSchema(ref(item)) }, ...CSV },
})

async function sendItems (
  reply: FastifyReply,
  { format }: { readonly format: 'json' | 'csv' },
  items: readonly object[],
): Promise<FastifyReply> {
  if (format === 'json') return await reply.send({ items })
  const text = stringify(items as object[], { header: true, escape_formulas: true })
  return await reply.type('text/csv; charset=utf-8').serializer((payload: string) => payload).send(text)
}

export default adminStatistics
