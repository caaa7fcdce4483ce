-- How banks want CSV files of payments, and write what became of them: every version of every layout that the office added.

CREATE TABLE "bank_layouts" (
	"name" text NOT NULL,
	"version" integer NOT NULL,
	"body" text NOT NULL,
	"created_by" uuid NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "bank_layouts_name_version_pk" PRIMARY KEY("name","version"),
	CONSTRAINT "bank_layouts_version" CHECK ("bank_layouts"."version" >= 1)
);
ALTER TABLE "bank_layouts" ADD CONSTRAINT "bank_layouts_created_by_users_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."users"("id") ON DELETE no action ON UPDATE no action;
ALTER TABLE "bank_files" ADD COLUMN "layout_version" integer;

CREATE TRIGGER bank_layouts_no_update BEFORE UPDATE ON bank_layouts FOR EACH ROW EXECUTE FUNCTION treasury_refuse('bank_layouts are immutable');

CREATE TRIGGER bank_layouts_no_delete BEFORE DELETE ON bank_layouts FOR EACH ROW EXECUTE FUNCTION treasury_refuse('bank_layouts are immutable');

CREATE TRIGGER bank_layouts_no_truncate BEFORE TRUNCATE ON bank_layouts FOR EACH STATEMENT EXECUTE FUNCTION treasury_refuse('bank_layouts are immutable');

CREATE FUNCTION treasury_bank_layouts_in_order() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.version <> COALESCE((SELECT MAX(version) FROM bank_layouts WHERE name = NEW.name), 0) + 1 THEN
    RAISE EXCEPTION 'bank_layouts: versions follow each other' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bank_layouts_in_order BEFORE INSERT ON bank_layouts FOR EACH ROW EXECUTE FUNCTION treasury_bank_layouts_in_order();

-- A layout without a version came with the tool.
CREATE FUNCTION treasury_bank_files_in_layout() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM bank_layouts l WHERE l.name = NEW.layout AND l.version = NEW.layout_version) THEN
    RAISE EXCEPTION 'bank_files: in no layout that there is' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER bank_files_in_layout BEFORE INSERT ON bank_files FOR EACH ROW WHEN (NEW.layout_version IS NOT NULL) EXECUTE FUNCTION treasury_bank_files_in_layout();
