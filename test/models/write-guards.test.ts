import t from 'tap'
import {
  pathsOfFilter,
  rootSegment,
  withoutPositions,
  writtenPaths,
  writtenPathsOfQuery,
  type AnyUpdate,
} from '../../models/write-guards.js'

const listPaths = (update: AnyUpdate): string[] =>
  writtenPaths(update).map(({ operator, path }) => `${operator} ${path}`)

t.test('the paths of an update with operators, and of fields without one', async (t) => {
  t.strictSame(listPaths({ $set: { a: 1, 'b.c': 2 }, $inc: { d: 1 } }), ['$set a', '$set b.c', '$inc d'])
  t.strictSame(listPaths({ a: 1, $unset: { b: '' } }), ['$set a', '$unset b'])
  t.strictSame(listPaths(null), [])
})

t.test('$rename writes its source and its target', async (t) => {
  t.strictSame(listPaths({ $rename: { a: 'b.c' } }), ['$rename a', '$rename b.c'])
})

t.test('the paths of a pipeline; an empty path for stages that may write any', async (t) => {
  t.strictSame(listPaths([{ $set: { a: 1 } }, { $addFields: { b: 1 } }]), ['pipeline a', 'pipeline b'])
  t.strictSame(listPaths([{ $unset: ['a', 'b.c'] }, { $unset: 'd' }]), ['pipeline a', 'pipeline b.c', 'pipeline d'])
  t.strictSame(listPaths([{ $replaceWith: {} }, { $project: { a: 1 } }]), ['pipeline ', 'pipeline '])
})

t.test('an upsert writes the paths of its filter', async (t) => {
  const queryOf = (upsert: boolean) => ({
    getUpdate: () => ({ $set: { a: 1 } }),
    getFilter: () => ({ b: 1, $and: [{ c: 1 }, { $or: [{ d: 1 }] }], $expr: {} }),
    getOptions: () => ({ upsert }),
  })
  const paths = (upsert: boolean): string[] => writtenPathsOfQuery(queryOf(upsert)).map(({ path }) => path)
  t.strictSame(paths(false), ['a'])
  t.strictSame(paths(true), ['a', 'b', 'c', 'd'])
  t.strictSame(pathsOfFilter({}), [])
})

t.test('segments of a path', async (t) => {
  t.equal(rootSegment('profiles.$[p].name'), 'profiles')
  t.equal(rootSegment('plan'), 'plan')
  t.equal(withoutPositions('profiles.$[p].watchHistory.3.title'), 'profiles.watchHistory.title')
  t.equal(withoutPositions('files.$.hls'), 'files.hls')
})
