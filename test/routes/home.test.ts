import { Types } from 'mongoose'
import t from 'tap'
import { ProfileTitlePreferences } from '../../models/profile-title-preferences.js'
import { addMovie, addShow } from '../support/catalogue.js'
import { watch } from '../support/playback.js'
import { expectProblem } from '../support/requests.js'
import { signUp } from '../support/users.js'
import { findHomeRow, readHome, readWholeRow, startHomeApp, titlesOf } from './home-page.js'

const daysBefore = (now: Date, days: number): string =>
  new Date(now.getTime() - days * 86_400_000).toISOString().slice(0, 10)

t.test('the home page', async (t) => {
  const { app, clock, admin, kim } = await startHomeApp(t)
  const director = [{ name: 'Francis Ford Coppola', role: 'Director' }]
  const godfather = await addMovie(app, admin, {
    title: 'The Godfather',
    releaseDate: '1972-03-24',
    genres: ['Drama', 'Crime'],
    crew: director,
    popularity: 400,
  })
  const second = await addMovie(app, admin, {
    title: 'The Godfather: Part II',
    releaseDate: '1974-12-20',
    genres: ['Drama', 'Crime'],
    crew: director,
    popularity: 300,
  }, [])
  const goodfellas = await addMovie(app, admin, {
    title: 'Goodfellas',
    releaseDate: '1990-09-19',
    genres: ['Drama', 'Crime'],
    popularity: 200,
  }, [])
  const toyStory = await addMovie(app, admin, {
    title: 'Toy Story',
    releaseDate: '1995-11-22',
    genres: ['Animation', 'Family'],
    maturityRating: 'G',
    popularity: 500,
  })
  const alien = await addMovie(app, admin, {
    title: 'Alien',
    releaseDate: '1979-05-25',
    genres: ['Science Fiction'],
    popularity: 100,
  })

  t.test('leaves out empty rows', async (t) => {
    const rows = await readHome(kim)
    t.strictSame(
      rows.map(({ id }) => id).filter((id) =>
        ['continue-watching', 'new-episodes', 'wishlist'].includes(id) || id.startsWith('because')
      ),
      [],
    )
    t.ok(rows.every(({ items }) => items.length > 0))
    t.strictSame(
      titlesOf(rows[0]),
      ['Toy Story', 'The Godfather', 'Alien', 'The Godfather: Part II', 'Goodfellas'],
      'without plays, the popularity of the titles decides, first of those that can be played',
    )
  })

  t.test('recommends each title once, and no title of continue watching', async (t) => {
    await watch(kim, clock, alien, 20_000)
    const rows = await readHome(kim)
    t.match(rows[0], {
      kind: 'continue',
      id: 'continue-watching',
      items: [{ title: { id: alien }, kind: 'resume', positionMs: 20_000 }],
      nextCursor: null,
    })
    const recommended = rows.filter(({ kind }) => kind === 'titles').flatMap(({ items }) => items.map(({ id }) => id))
    t.equal(new Set(recommended).size, recommended.length)
    t.notOk(recommended.includes(alien))
    t.ok((await readWholeRow(kim, 'popular', 10)).some(({ id }) => id === alien), 'the complete row contains it')
  })

  t.test('shows all titles of the wishlist, even if they are recommended in other rows', async (t) => {
    await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${goodfellas}`)
    t.match(await findHomeRow(kim, 'wishlist'), {
      items: [{ id: goodfellas, inWishlist: true, rating: null, progress: null }],
    })
    t.match((await findHomeRow(kim, 'popular'))!.items.find(({ id }) => id === goodfellas), { inWishlist: true })
  })

  t.test('recommends titles that are similar to a watched title, most similar first', async (t) => {
    await watch(kim, clock, godfather, 60_000, 60_000)
    const because = `because-${godfather}`
    t.strictSame(titlesOf(await kim.get(`/v1/profiles/${kim.profileId}/home/${because}`).then(({ body }) => body)), [
      'The Godfather: Part II',
      'Goodfellas',
    ])
    t.notOk(await findHomeRow(kim, because), 'the popular row contains them already')
    await Promise.all(
      Array.from(
        { length: 20 },
        async (_, i) =>
          await addMovie(app, admin, { title: `Blockbuster ${i}`, genres: ['Action'], popularity: 10_000 + i }, []),
      ),
    )
    t.match(await findHomeRow(kim, because), {
      title: 'Because you watched The Godfather',
      because: { id: godfather, title: 'The Godfather' },
      items: [{ id: second }, { id: goodfellas, inWishlist: true }],
    })
  })

  t.test('stops recommending a title that was disliked or dropped, until that is undone', async (t) => {
    const ratingUrl = `/v1/profiles/${kim.profileId}/ratings/${second}`
    const because = `because-${godfather}`
    await kim.put(ratingUrl, { rating: 'down' })
    t.strictSame(titlesOf(await findHomeRow(kim, because)), ['Goodfellas'])
    t.notOk((await readWholeRow(kim, 'popular', 100)).some(({ id }) => id === second))
    await kim.put(ratingUrl, { rating: 'love' })
    t.match((await findHomeRow(kim, because))!.items[0], { id: second, rating: 'love' })
    await kim.put(`/v1/profiles/${kim.profileId}/dropped/${alien}`)
    t.notOk((await readWholeRow(kim, 'popular', 100)).some(({ id }) => id === alien))
    await kim.delete(`/v1/profiles/${kim.profileId}/dropped/${alien}`)
    t.ok((await readWholeRow(kim, 'popular', 100)).some(({ id }) => id === alien))
  })

  t.test('leaves out disliked titles, even if hundreds of titles were rated later', async (t) => {
    const lou = await signUp(app)
    await lou.put(`/v1/profiles/${lou.profileId}/ratings/${alien}`, { rating: 'down' })
    const rate = async (count: number): Promise<unknown> =>
      await ProfileTitlePreferences.insertMany(Array.from({ length: count }, (_, i) => (
        {
          account: lou.accountId,
          profile: lou.profileId,
          title: new Types.ObjectId(),
          rating: 'up',
          ratedAt: new Date(clock.now().getTime() + i),
          updatedAt: clock.now(),
        }
      )))
    for (const count of [198, 1, 1, 100]) {
      await rate(count)
      t.notOk((await readWholeRow(lou, 'popular', 100)).some(({ id }) => id === alien))
    }
  })

  t.test('shows favourite genres first, and no disliked genres', async (t) => {
    const pat = await signUp(app)
    const genres = async (): Promise<string[]> =>
      (await readHome(pat)).map(({ id }) => id).filter((id) => id.startsWith('genre-'))
    for (let i = 0; i < 45; i++) {
      await addMovie(app, admin, {
        title: `Filler ${i}`,
        genres: [['Western', 'Musical', 'Horror'][i % 3]],
        popularity: i / 100,
      }, [])
    }
    t.ok((await genres()).includes('genre-western'))
    await pat.put(`/v1/profiles/${pat.profileId}/ratings/${(await readWholeRow(pat, 'genre-musical', 1))[0]!.id}`, {
      rating: 'love',
    })
    t.equal((await genres())[0], 'genre-musical')
    await pat.put(`/v1/profiles/${pat.profileId}/ratings/${(await readWholeRow(pat, 'genre-western', 1))[0]!.id}`, {
      rating: 'down',
    })
    t.notOk((await genres()).includes('genre-western'))
  })

  t.test('does not show unpublished and deleted titles', async (t) => {
    await admin.patch(`/v1/admin/movies/${goodfellas}`, { published: false })
    t.notOk((await readHome(kim)).some(({ items }) => items.some(({ id }) => id === goodfellas)))
    await admin.patch(`/v1/admin/movies/${goodfellas}`, { published: true })
    await admin.delete(`/v1/admin/movies/${toyStory}`)
    t.notOk((await readHome(kim)).some(({ items }) => items.some(({ id }) => id === toyStory)))
  })

  t.test('is a 404 for another account, and so is an unknown row', async (t) => {
    const lee = await signUp(app)
    expectProblem(t, await lee.get(`/v1/profiles/${kim.profileId}/home`), 'not-found', 404)
    expectProblem(t, await lee.get(`/v1/profiles/${kim.profileId}/home/popular`), 'not-found', 404)
    for (const id of ['nothing', 'because-665f1c2e9b1e8a0012ab34cd', 'because-x', '%2e%2e']) {
      expectProblem(t, await kim.get(`/v1/profiles/${kim.profileId}/home/${id}`), 'not-found', 404)
    }
    t.strictSame((await kim.get(`/v1/profiles/${kim.profileId}/home/genre-nothing`)).body.items, [])
    for (const query of ['limit=0', 'limit=101', 'x=1']) {
      expectProblem(t, await kim.get(`/v1/profiles/${kim.profileId}/home/popular?${query}`), 'validation-failed', 400)
    }
  })
})

t.test('the home page of a kids profile', async (t) => {
  const { app, clock, admin, kim } = await startHomeApp(t)
  for (let i = 0; i < 3; i++) {
    await addMovie(app, admin, {
      title: `For adults ${i}`,
      maturityRating: 'R',
      genres: ['Horror', 'Family'],
      popularity: 100,
    }, [])
  }
  const watched = await addMovie(app, admin, { title: 'Toy Story', maturityRating: 'G', genres: ['Family'] })
  const similar = await addMovie(app, admin, { title: 'Finding Nemo', maturityRating: 'G', genres: ['Family'] })
  const adultMovie = await addMovie(app, admin, { title: 'The Exorcist', maturityRating: 'R', genres: ['Family'] })
  await addMovie(app, admin, { title: 'Unrated', maturityRating: null, genres: ['Family'] }, [])
  const kids = (await kim.post('/v1/profiles', { name: 'Kids' })).body.id
  const child = {
    ...kim.with((await kim.post(`/v1/profiles/${kids}/select`)).body.accessToken),
    profileId: kids as string,
  }
  for (const id of [watched, adultMovie]) await watch(child, clock, id, 60_000, 60_000)
  await child.put(`/v1/profiles/${kids}/wishlist/${adultMovie}`)
  await kim.patch(`/v1/profiles/${kids}`, { kids: true })

  t.test('contains no title above the maturity limit in any row, nor its name', async (t) => {
    const text = JSON.stringify(await readHome(child))
    t.match(text, /Finding Nemo/)
    for (const hidden of ['For adults', 'The Exorcist', 'Unrated', 'Horror']) t.notMatch(text, hidden)
    t.strictSame(
      titlesOf(await findHomeRow(child, 'popular')),
      ['Finding Nemo', 'Toy Story'],
      'equally popular: newest first',
    )
    t.strictSame((await readWholeRow(child, `because-${watched}`, 10)).map(({ id }) => id), [similar])
    expectProblem(t, await child.get(`/v1/profiles/${kids}/home/because-${adultMovie}`), 'not-found', 404)
    for (const id of ['popular', 'new', 'wishlist', 'genre-family', 'genre-horror', `because-${watched}`]) {
      t.notMatch(JSON.stringify(await readWholeRow(child, id, 100)), /adults|Exorcist|Unrated/, id)
    }
  })
})

t.test('the row of new episodes', async (t) => {
  const { app, clock, admin, kim } = await startHomeApp(t)
  const aired = (days: number): string => daysBefore(clock.now(), days)
  const seasons = (
    airDates: string[],
  ) => [{ number: 1, episodes: airDates.map((airDate, i) => ({ number: i + 1, title: `Chapter ${i + 1}`, airDate })) }]
  const running = await addShow(app, admin, { title: 'Running', seasons: seasons([aired(400), aired(3), aired(-5)]) })
  const ended = await addShow(app, admin, { title: 'Ended', seasons: seasons([aired(400), aired(390)]) })
  const wishlisted = await addShow(app, admin, { title: 'Wishlisted', seasons: seasons([aired(30), aired(1)]) })
  const unseen = await addShow(app, admin, { title: 'Unseen', seasons: seasons([aired(2)]) })
  const ultraHd = await addShow(app, admin, { title: 'Ultra HD', seasons: seasons([aired(2)]) }, ['2160p-en'])

  t.test('contains episodes that aired within 30 days, were not watched and can be played', async (t) => {
    t.notOk(await findHomeRow(kim, 'new-episodes'))
    await watch(kim, clock, running.episodes[0]!, 60_000, 60_000)
    await watch(kim, clock, ended.episodes[0]!, 60_000, 60_000)
    for (const id of [wishlisted.id, ultraHd.id]) await kim.put(`/v1/profiles/${kim.profileId}/wishlist/${id}`)
    t.match((await findHomeRow(kim, 'new-episodes'))!.items.map(({ title, episode }) => [title, episode?.episode]), [
      ['Wishlisted', 2],
      ['Ultra HD', 1],
      ['Running', 2],
    ])
    t.notOk((await readWholeRow(kim, 'new-episodes', 10)).some(({ id }) => id === unseen.id))
    await kim.put('/v1/account/plan', { plan: 'basic' })
    t.strictSame(
      titlesOf(await findHomeRow(kim, 'new-episodes')),
      ['Wishlisted', 'Running'],
      'without episodes that the plan cannot play',
    )
    await watch(kim, clock, running.episodes[1]!, 60_000, 60_000)
    t.strictSame(titlesOf(await findHomeRow(kim, 'new-episodes')), ['Wishlisted'], 'without watched episodes')
    await kim.put(`/v1/profiles/${kim.profileId}/ratings/${wishlisted.id}`, { rating: 'down' })
    t.notOk(await findHomeRow(kim, 'new-episodes'), 'without disliked shows')
  })
})
