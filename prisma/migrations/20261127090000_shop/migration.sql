-- CreateEnum
CREATE TYPE "Role" AS ENUM ('owner', 'admin');

-- CreateEnum
CREATE TYPE "DeliveryState" AS ENUM ('pending', 'sent', 'failed');

-- CreateEnum
CREATE TYPE "UseReason" AS ENUM ('printed', 'failed_print', 'weighed');

-- CreateEnum
CREATE TYPE "FileKind" AS ENUM ('print', 'picture', 'other');

-- CreateEnum
CREATE TYPE "FileState" AS ENUM ('uploading', 'processing', 'ready', 'rejected', 'removing');

-- CreateEnum
CREATE TYPE "JobState" AS ENUM ('queued', 'printing', 'completed', 'failed', 'cancelled');

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "currency" TEXT NOT NULL DEFAULT 'EUR',
ADD COLUMN     "role" "Role" NOT NULL DEFAULT 'owner';

-- CreateTable
CREATE TABLE "rate_limits" (
    "id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "count" INTEGER NOT NULL,
    "lastRequest" BIGINT NOT NULL,

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "audit_events" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "requestId" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "email_deliveries" (
    "id" TEXT NOT NULL,
    "userId" TEXT,
    "template" TEXT NOT NULL,
    "idempotencyKey" TEXT NOT NULL,
    "state" "DeliveryState" NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "lastError" TEXT,
    "providerId" TEXT,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "email_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "leftovers" (
    "ownerId" TEXT NOT NULL,
    "uploads" JSONB NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "leftovers_pkey" PRIMARY KEY ("ownerId")
);

-- CreateTable
CREATE TABLE "filaments" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "brand" TEXT NOT NULL,
    "material" TEXT NOT NULL,
    "colorName" TEXT NOT NULL,
    "colorHex" TEXT NOT NULL,
    "colorFamily" TEXT NOT NULL,
    "lowStockGrams" INTEGER NOT NULL DEFAULT 0,
    "purchaseUrl" TEXT,
    "notes" TEXT NOT NULL DEFAULT '',
    "searchText" TEXT NOT NULL DEFAULT '',
    "archivedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "filaments_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "spools" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "filamentId" TEXT NOT NULL,
    "netGrams" INTEGER NOT NULL,
    "tareGrams" INTEGER NOT NULL DEFAULT 0,
    "remainingGrams" DECIMAL(9,2) NOT NULL,
    "costCents" INTEGER NOT NULL DEFAULT 0,
    "label" TEXT NOT NULL DEFAULT '',
    "archivedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "spools_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "uses" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "spoolId" TEXT NOT NULL,
    "jobId" TEXT,
    "grams" DECIMAL(9,2) NOT NULL,
    "costCents" INTEGER NOT NULL DEFAULT 0,
    "reason" "UseReason" NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "uses_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "models" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "designer" TEXT NOT NULL DEFAULT '',
    "category" TEXT NOT NULL DEFAULT '',
    "sourceUrl" TEXT,
    "notes" TEXT NOT NULL DEFAULT '',
    "searchText" TEXT NOT NULL DEFAULT '',
    "archivedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "models_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "pictures" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "modelId" TEXT NOT NULL,
    "fileId" TEXT NOT NULL,
    "alt" TEXT NOT NULL DEFAULT '',
    "position" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "pictures_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "variants" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "modelId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "notes" TEXT NOT NULL DEFAULT '',
    "searchText" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "variants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "revisions" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "variantId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "fileId" TEXT NOT NULL,
    "notes" TEXT NOT NULL DEFAULT '',
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "revisions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "files" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" "FileKind" NOT NULL,
    "contentType" TEXT NOT NULL DEFAULT 'application/octet-stream',
    "sizeBytes" BIGINT NOT NULL,
    "sha256" TEXT,
    "state" "FileState" NOT NULL DEFAULT 'uploading',
    "problem" TEXT,
    "uploadId" TEXT,
    "metadata" JSONB,
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "files_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "file_parts" (
    "fileId" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "etag" TEXT NOT NULL,
    "sizeBytes" INTEGER NOT NULL,

    CONSTRAINT "file_parts_pkey" PRIMARY KEY ("fileId","number")
);

-- CreateTable
CREATE TABLE "jobs" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "revisionId" TEXT,
    "title" TEXT NOT NULL,
    "copies" INTEGER NOT NULL DEFAULT 1,
    "state" "JobState" NOT NULL DEFAULT 'queued',
    "position" INTEGER NOT NULL DEFAULT 0,
    "printSeconds" INTEGER,
    "notes" TEXT NOT NULL DEFAULT '',
    "failure" TEXT,
    "startedAt" TIMESTAMPTZ(3),
    "endedAt" TIMESTAMPTZ(3),
    "createdAt" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "jobs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "job_filaments" (
    "id" TEXT NOT NULL,
    "ownerId" TEXT NOT NULL,
    "jobId" TEXT NOT NULL,
    "filamentId" TEXT NOT NULL,
    "neededGrams" DECIMAL(9,2) NOT NULL,
    "usedGrams" DECIMAL(9,2),

    CONSTRAINT "job_filaments_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "rate_limits_key_key" ON "rate_limits"("key");

-- CreateIndex
CREATE INDEX "audit_events_userId_at_idx" ON "audit_events"("userId", "at" DESC);

-- CreateIndex
CREATE INDEX "audit_events_at_idx" ON "audit_events"("at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "email_deliveries_idempotencyKey_key" ON "email_deliveries"("idempotencyKey");

-- CreateIndex
CREATE INDEX "email_deliveries_state_createdAt_idx" ON "email_deliveries"("state", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "leftovers_updatedAt_idx" ON "leftovers"("updatedAt");

-- CreateIndex
CREATE INDEX "filaments_ownerId_material_brand_idx" ON "filaments"("ownerId", "material", "brand");

-- CreateIndex
CREATE INDEX "spools_filamentId_createdAt_idx" ON "spools"("filamentId", "createdAt");

-- CreateIndex
CREATE INDEX "spools_ownerId_idx" ON "spools"("ownerId");

-- CreateIndex
CREATE INDEX "uses_spoolId_at_idx" ON "uses"("spoolId", "at");

-- CreateIndex
CREATE INDEX "uses_ownerId_at_idx" ON "uses"("ownerId", "at");

-- CreateIndex
CREATE INDEX "uses_jobId_idx" ON "uses"("jobId");

-- CreateIndex
CREATE INDEX "models_ownerId_updatedAt_id_idx" ON "models"("ownerId", "updatedAt" DESC, "id");

-- CreateIndex
CREATE UNIQUE INDEX "pictures_fileId_key" ON "pictures"("fileId");

-- CreateIndex
CREATE INDEX "pictures_modelId_position_idx" ON "pictures"("modelId", "position");

-- CreateIndex
CREATE INDEX "variants_modelId_createdAt_idx" ON "variants"("modelId", "createdAt");

-- CreateIndex
CREATE INDEX "variants_ownerId_updatedAt_id_idx" ON "variants"("ownerId", "updatedAt" DESC, "id");

-- CreateIndex
CREATE UNIQUE INDEX "revisions_fileId_key" ON "revisions"("fileId");

-- CreateIndex
CREATE INDEX "revisions_ownerId_idx" ON "revisions"("ownerId");

-- CreateIndex
CREATE UNIQUE INDEX "revisions_variantId_number_key" ON "revisions"("variantId", "number");

-- CreateIndex
CREATE INDEX "files_ownerId_createdAt_idx" ON "files"("ownerId", "createdAt" DESC);

-- CreateIndex
CREATE INDEX "files_state_updatedAt_idx" ON "files"("state", "updatedAt");

-- CreateIndex
CREATE INDEX "jobs_ownerId_state_position_idx" ON "jobs"("ownerId", "state", "position");

-- CreateIndex
CREATE INDEX "jobs_ownerId_endedAt_id_idx" ON "jobs"("ownerId", "endedAt" DESC, "id");

-- CreateIndex
CREATE INDEX "jobs_revisionId_idx" ON "jobs"("revisionId");

-- CreateIndex
CREATE INDEX "job_filaments_filamentId_idx" ON "job_filaments"("filamentId");

-- CreateIndex
CREATE UNIQUE INDEX "job_filaments_jobId_filamentId_key" ON "job_filaments"("jobId", "filamentId");

-- AddForeignKey
ALTER TABLE "filaments" ADD CONSTRAINT "filaments_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "spools" ADD CONSTRAINT "spools_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "spools" ADD CONSTRAINT "spools_filamentId_fkey" FOREIGN KEY ("filamentId") REFERENCES "filaments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uses" ADD CONSTRAINT "uses_spoolId_fkey" FOREIGN KEY ("spoolId") REFERENCES "spools"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uses" ADD CONSTRAINT "uses_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "jobs"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "models" ADD CONSTRAINT "models_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pictures" ADD CONSTRAINT "pictures_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "models"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "pictures" ADD CONSTRAINT "pictures_fileId_fkey" FOREIGN KEY ("fileId") REFERENCES "files"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "variants" ADD CONSTRAINT "variants_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "variants" ADD CONSTRAINT "variants_modelId_fkey" FOREIGN KEY ("modelId") REFERENCES "models"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_variantId_fkey" FOREIGN KEY ("variantId") REFERENCES "variants"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "revisions" ADD CONSTRAINT "revisions_fileId_fkey" FOREIGN KEY ("fileId") REFERENCES "files"("id") ON DELETE NO ACTION ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "files" ADD CONSTRAINT "files_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "file_parts" ADD CONSTRAINT "file_parts_fileId_fkey" FOREIGN KEY ("fileId") REFERENCES "files"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "jobs" ADD CONSTRAINT "jobs_revisionId_fkey" FOREIGN KEY ("revisionId") REFERENCES "revisions"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_filaments" ADD CONSTRAINT "job_filaments_jobId_fkey" FOREIGN KEY ("jobId") REFERENCES "jobs"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "job_filaments" ADD CONSTRAINT "job_filaments_filamentId_fkey" FOREIGN KEY ("filamentId") REFERENCES "filaments"("id") ON DELETE NO ACTION ON UPDATE CASCADE;



-- A spool never holds less than nothing, whatever two prints take at once.
ALTER TABLE "spools" ADD CONSTRAINT "spools_remainingGrams_not_negative" CHECK ("remainingGrams" >= 0);

-- Asked when all is done: whoever deletes an account deletes both sides, in no order of their choosing.
ALTER TABLE "job_filaments" ALTER CONSTRAINT "job_filaments_filamentId_fkey" DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE "revisions" ALTER CONSTRAINT "revisions_fileId_fkey" DEFERRABLE INITIALLY DEFERRED;
