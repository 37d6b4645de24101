import { Types } from 'mongoose'
import t from 'tap'
import { derivePersonId } from '../../../src/catalogue/store/people-index.js'
import { createInternedValues, internString, internValue } from '../../../src/catalogue/store/interning.js'
import { toIdString } from '../../../src/domain/id-strings.js'

t.test('different values stay apart, and null stays null', async (t) => {
  const interned = createInternedValues()
  t.not(internValue(['en'], interned), internValue(['de'], interned))
  t.strictSame(internValue([], interned), [])
  t.equal(internValue(null, interned), null)
  t.equal(internString(null, interned), null)
  t.equal(internString('en', interned), 'en')
})

t.test('the string of an ID is that of the driver', async (t) => {
  for (const id of [new Types.ObjectId(), new Types.ObjectId('00ff00000000000000000001')]) {
    t.equal(toIdString(id), id.toString())
  }
})

t.test('the ID of a person does not change between versions: links and bookmarks contain it', async (t) => {
  t.equal(derivePersonId({ name: 'Keanu Reeves' }), 'f5bbf7306eb4e3eb7a031d87')
  t.equal(derivePersonId({ name: 'KEANU reeves ' }), 'f5bbf7306eb4e3eb7a031d87')
  t.equal(derivePersonId({ name: 'Keanu Reeves', imdb: 'nm0000206' }), '4deb4dfbf7ad6ac17c130d16')
})
