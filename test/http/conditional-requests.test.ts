// Preconditions by RFC 9110: entity tags and dates, without a server.
import t from 'tap'
import {
  isNotModified,
  isPreconditionFailed,
  isRangeStillValid,
  matchesEtag,
} from '../../src/http/conditional-requests.js'

const validators = { etag: '"abc"', modifiedAt: new Date('1994-11-06T08:49:37.900Z') }
const SAME_DATES = ['Sun, 06 Nov 1994 08:49:37 GMT', 'Sunday, 06-Nov-94 08:49:37 GMT', 'Sun Nov  6 08:49:37 1994']

t.test('If-Range is valid with the same strong tag or the same date only', async (t) => {
  for (const value of [undefined, '"abc"', ' "abc" ', ...SAME_DATES]) {
    t.equal(isRangeStillValid(value, validators), true, String(value))
  }
  const others = [
    '"abd"',
    'W/"abc"',
    'abc',
    '*',
    '',
    '"abc", "abd"',
    'Sun, 06 Nov 1994 08:49:36 GMT',
    'Sun, 06 Nov 1994 08:49:38 GMT',
    '1994-11-06T08:49:37Z',
    '784111777',
    'Sun, 06 Nov 1994 08:49:37',
  ]
  for (const value of others) t.equal(isRangeStillValid(value, validators), false, value)
  t.equal(isRangeStillValid('W/"abc"', { ...validators, etag: 'W/"abc"' }), false)
})

t.test('If-None-Match compares weakly and takes precedence over If-Modified-Since', async (t) => {
  for (const ifNoneMatch of ['"abc"', 'W/"abc"', '*', '"x", "abc"', '"x",W/"abc"']) {
    t.equal(isNotModified({ ifNoneMatch }, validators), true, ifNoneMatch)
  }
  for (const ifNoneMatch of ['"abd"', 'abc', '', '"x, abc"']) {
    t.equal(isNotModified({ ifNoneMatch, ifModifiedSince: SAME_DATES[0] }, validators), false, ifNoneMatch)
  }
  for (const ifModifiedSince of [...SAME_DATES, 'Mon, 07 Nov 1994 00:00:00 GMT']) {
    t.equal(isNotModified({ ifModifiedSince }, validators), true, ifModifiedSince)
  }
  for (const ifModifiedSince of ['Sun, 06 Nov 1994 08:49:36 GMT', 'tomorrow', '2030', '2030-01-01']) {
    t.equal(isNotModified({ ifModifiedSince }, validators), false, ifModifiedSince)
  }
  t.equal(isNotModified({}, validators), false)
})

t.test('If-Match compares strongly and takes precedence over If-Unmodified-Since', async (t) => {
  for (const ifMatch of ['"abc"', '*', '"x", "abc"']) {
    t.equal(
      isPreconditionFailed({ ifMatch, ifUnmodifiedSince: 'Sun, 06 Nov 1994 08:49:36 GMT' }, validators),
      false,
      ifMatch,
    )
  }
  for (const ifMatch of ['W/"abc"', '"abd"', '']) t.equal(isPreconditionFailed({ ifMatch }, validators), true, ifMatch)
  t.equal(isPreconditionFailed({ ifUnmodifiedSince: 'Sun, 06 Nov 1994 08:49:36 GMT' }, validators), true)
  t.equal(isPreconditionFailed({ ifUnmodifiedSince: SAME_DATES[0] }, validators), false)
  t.equal(isPreconditionFailed({ ifUnmodifiedSince: 'yesterday' }, validators), false)
  t.equal(matchesEtag('"abc"', 'W/"abc"', true), false)
})
