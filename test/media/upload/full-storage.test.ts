// Uploads to a full disk: a server error that names the cause, and nothing is left behind.
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import fsPromises, { open, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import t, { type Test } from 'tap'
import { Image } from '../../../models/image.js'
import { call, expectProblem } from '../../support/requests.js'
import { clip, createUpload, patchUpload, readOffset, startUploadTest } from '../../support/upload-requests.js'

/** Lets every write to a file fail as on a full disk, until the test ends. */
async function fillDisk (t: Test): Promise<void> {
  const handle = await open(path.join(t.testdir({}), 'any'), 'w')
  const prototype = Object.getPrototypeOf(handle) as Pick<FileHandle, 'write' | 'writev' | 'writeFile'>
  const { write, writev, writeFile } = prototype
  await handle.close()
  const fail = async (): Promise<never> => {
    throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' })
  }
  Object.assign(prototype, { write: fail, writev: fail, writeFile: fail })
  // A full disk still has room for the entry of an empty file.
  const { writeFile: writeWhole } = fsPromises
  Object.assign(fsPromises, {
    writeFile: async (file: string, data: string) => {
      data === '' ? await writeWhole(file, data) : await fail()
    },
  })
  t.teardown(() => {
    Object.assign(prototype, { write, writev, writeFile })
    Object.assign(fsPromises, { writeFile: writeWhole })
  })
}

const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0xe0, ...Buffer.alloc(100)])
const CUES = 'WEBVTT\n\n00:01.000 --> 00:02.000\nsprite.jpg#xywh=0,0,160,90\n'
const FORM = ['index', 'image'].map((name) =>
  `--x\r\ncontent-disposition: form-data; name="${name}"; filename="${name}"\r\n\r\n` +
  `${name === 'index' ? CUES : JPEG.toString('latin1')}\r\n`
).join('')

t.test('a full disk', async (t) => {
  const test = await startUploadTest(t, 'local')
  const { app, admin, movie, config } = test

  t.test('a folder that cannot be created is a 503, and the service keeps running', async (t) => {
    const folder = path.join(config.dataDir, 'media')
    renameSync(folder, `${folder}-away`)
    writeFileSync(folder, '')
    expectProblem(t, await createUpload(test), 'storage-unavailable', 503)
    rmSync(folder)
    renameSync(`${folder}-away`, folder)
    const created = await createUpload(test)
    t.equal(created.status, 201)
    t.equal(
      (await call(app, 'DELETE', String(created.headers['location']), {
        token: admin.token,
        headers: { 'tus-resumable': '1.0.0' },
      })).status,
      204,
    )
  })

  t.test('rejects media files, subtitles, thumbnails and posters with 507', async (t) => {
    const documents = async (): Promise<number> => await Image.countDocuments()
    const before = await documents()
    await fillDisk(t)
    const uploads: Array<[path: string, body: Buffer | string, type: string]> = [
      [`movies/${movie}/media`, clip, 'video/mp4'],
      [`movies/${movie}/subtitles?language=en`, CUES, 'text/vtt'],
      [`movies/${movie}/thumbnails`, Buffer.from(`${FORM}--x--\r\n`, 'latin1'), 'multipart/form-data; boundary=x'],
      [`titles/${movie}/poster`, JPEG, 'image/jpeg'],
    ]
    for (const [route, body, type] of uploads) {
      const headers = { 'content-type': type }
      const response = await call(app, 'POST', `/v1/admin/${route}`, { token: admin.token, body, headers })
      expectProblem(t, response, 'storage-full', 507)
    }
    t.strictSame(await test.contents(), { files: [], unfinished: [] })
    t.equal(await documents(), before, 'no document refers to a missing object')
  })

  t.test('rejects the creation of a resumable upload with 507', async (t) => {
    const { writeFile } = fsPromises
    await t.test('while it is full', async (t) => {
      await fillDisk(t)
      expectProblem(t, await createUpload(test), 'storage-full', 507)
      const headers = { 'upload-concat': 'partial' }
      expectProblem(t, await createUpload(test, { headers }), 'storage-full', 507)
    })
    t.equal(fsPromises.writeFile, writeFile)
    t.strictSame(await test.contents(), { files: [], unfinished: [] })
    t.strictSame((await admin.get('/v1/admin/uploads')).body.items, [])
  })

  t.test('rejects bytes of a resumable upload with 507, which resumes when there is space', {
    skip: process.platform === 'linux' ? false : 'needs /dev/full',
  }, async (t) => {
    const { headers } = await createUpload(test)
    const url = String(headers['location'])
    const file = path.join(config.dataDir, 'media/.resumable', url.split('/').at(-1) ?? '')
    t.equal((await patchUpload(test, url, 0, clip.subarray(0, 50_000))).status, 204)
    rmSync(file)
    symlinkSync('/dev/full', file)
    expectProblem(t, await patchUpload(test, url, 0, clip.subarray(0, 50_000)), 'storage-full', 507)
    rmSync(file)
    await (await open(file, 'w')).close()
    t.equal(await readOffset(test, url), 0)
    t.equal((await patchUpload(test, url, 0, clip)).status, 204)
  })
})
