// Reads the rows of "normflix accounts" and "normflix titles".
import mongoose, { type Types } from 'mongoose'
import { Account, type StoredAccount } from '../../models/account.js'
import { Media } from '../../models/media.js'
import { Title, type StoredTitle } from '../../models/title.js'
import { emailPattern } from '../accounts/admin.js'
import { foldText } from '../domain/text.js'
import type { AccountSummary } from '../schemas/account.js'
import { toAccountSummary } from '../views/accounts.js'
import { formatTime, type Column } from './format-list.js'

export interface List<Row extends ListRow> {
  readonly rows: Row[]
  readonly columns: ReadonlyArray<Column<Row>>
  /** More rows match than were asked for. */
  readonly hasMore: boolean
}

export interface ListRow {
  readonly id: string
}

export interface Limit {
  readonly limit: number
}

export interface AccountFilter extends Limit {
  /** Part of the email; empty for every account. */
  readonly email: string
  readonly plan?: string
  readonly role?: string
  readonly state?: AccountState
}

type AccountState = 'open' | 'disabled' | 'closed'
type AccountRow = AccountSummary & { readonly state: AccountState }

const SET = mongoose.trusted({ $gt: new Date(0) })
const STATE_FILTERS: Readonly<Record<AccountState, object>> = {
  open: { eraseAt: null, disabledAt: null },
  disabled: { eraseAt: null, disabledAt: SET },
  closed: { eraseAt: SET },
}

const ACCOUNT_COLUMNS: ReadonlyArray<Column<AccountRow>> = [
  ['EMAIL', ({ email, emailVerified }) => emailVerified ? email : `${email} (not verified)`],
  ['ID', ({ id }) => id],
  ['PLAN', ({ plan }) => plan],
  ['ROLE', ({ role }) => role],
  ['STATE', ({ state }) => state],
  ['PROFILES', ({ profileCount }) => profileCount],
  ['CREATED (UTC)', ({ createdAt }) => formatTime(createdAt)],
]

/** Lists accounts, newest first. */
export async function listAccounts (
  { email, plan, role, state, limit }: AccountFilter,
): Promise<List<AccountRow>> {
  const filter = {
    ...(email === '' ? {} : { email: mongoose.trusted({ $regex: emailPattern(email) }) }),
    ...(plan === undefined ? {} : { plan }),
    ...(role === undefined ? {} : { role }),
    ...(state === undefined ? {} : STATE_FILTERS[state]),
  }
  const accounts = await Account.find(filter as never)
    .select('email emailVerifiedAt plan role disabledAt eraseAt profiles._id createdAt')
    .sort({ _id: -1 }).limit(limit + 1).lean<StoredAccount[]>()
  return toList(accounts.map(toAccountRow), ACCOUNT_COLUMNS, limit)
}

function toAccountRow (account: StoredAccount): AccountRow {
  const summary = toAccountSummary(account)
  return { ...summary, state: summary.eraseAt !== null ? 'closed' : summary.disabledAt !== null ? 'disabled' : 'open' }
}

export interface TitleFilter extends Limit {
  /** Part of a title; empty for every title. */
  readonly text: string
  readonly kind?: StoredTitle['kind']
  /** Null: both. */
  readonly isPublished: boolean | null
}

interface TitleRow extends ListRow, Pick<StoredTitle, 'kind' | 'title' | 'originalTitle' | 'year' | 'published'> {
  /** Media files of the movie, or of all episodes. */
  readonly mediaFiles: number
  readonly createdAt: string
  readonly updatedAt: string
}

const TITLE_COLUMNS: ReadonlyArray<Column<TitleRow>> = [
  ['TITLE', ({ title }) => title],
  ['YEAR', ({ year }) => year],
  ['KIND', ({ kind }) => kind],
  ['ID', ({ id }) => id],
  ['PUBLISHED', ({ published }) => published ? 'yes' : 'no'],
  ['FILES', ({ mediaFiles }) => mediaFiles],
  ['CHANGED (UTC)', ({ updatedAt }) => formatTime(updatedAt)],
]

/** Lists titles, newest first. */
export async function listTitles ({ text, kind, isPublished, limit }: TitleFilter): Promise<List<TitleRow>> {
  const filter = {
    ...(kind === undefined ? {} : { kind }),
    ...(isPublished === null ? {} : { published: isPublished }),
  }
  const cursor = Title.find(filter)
    .select('kind title originalTitle alternativeTitles year published createdAt updatedAt').sort({ _id: -1 }).lean<
    StoredTitle[]
  >().cursor() as AsyncIterable<StoredTitle>
  const folded = foldText(text)
  const titles: StoredTitle[] = []
  for await (const stored of cursor) {
    const names = [stored.title, stored.originalTitle ?? '', ...stored.alternativeTitles]
    if (names.some((name) => foldText(name).includes(folded))) titles.push(stored)
    if (titles.length > limit) break
  }
  const counts = await countMediaFiles(titles)
  return toList(titles.map((title) => toTitleRow(title, counts.get(title._id.toString()) ?? 0)), TITLE_COLUMNS, limit)
}

async function countMediaFiles (titles: readonly StoredTitle[]): Promise<Map<string, number>> {
  const counts = await Media.aggregate<{ _id: Types.ObjectId, count: number }>([
    { $match: { title: { $in: titles.map(({ _id }) => _id) } } },
    { $group: { _id: '$title', count: { $sum: { $size: '$files' } } } },
  ])
  return new Map(counts.map(({ _id, count }) => [_id.toString(), count]))
}

function toTitleRow (stored: StoredTitle, mediaFiles: number): TitleRow {
  const { _id, kind, title, originalTitle, year, published, createdAt, updatedAt } = stored
  return {
    id: _id.toString(),
    ...{ kind, title, originalTitle, year, published, mediaFiles },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  }
}

export const toList = <Row extends ListRow>(rows: Row[], columns: List<Row>['columns'], limit: number): List<Row> => ({
  rows: rows.slice(0, limit),
  columns,
  hasMore: rows.length > limit,
})
