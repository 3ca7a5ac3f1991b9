-- An answer and the next tasks in one statement, for the common case; what else there is comes back as 'rare',
-- with nothing changed, for annotation.actions.judging and serving, which say the same in Python and stay the reference.
-- Every statement in here sees what was committed before it began (volatile, READ COMMITTED), so that what
-- is read after a lock was granted is as it stands under the lock.
CREATE FUNCTION annotation_answer_and_serve(
    -- Who: all of it must still be so. The caller has checked the session's signature and this password's hash.
    p_session text, p_session_data text, p_person bigint, p_password text, p_role text, p_page_language text,
    p_campaign bigint,
    -- The answer (no id: none): accept, reject or unsure, checked by the caller.
    p_judgment uuid, p_task bigint, p_answer text, p_typicality text, p_took interval, p_guideline bigint,
    p_comment text, p_may_form boolean,  -- nobody has to be told of a verdict
    -- The client holds `p_have` and wants `p_size` in all.
    p_size integer, p_have bigint[],
    OUT state text,  -- 'done', 'rare', or 'unknown': somebody to be looked at anew
    OUT verdict_id bigint,  -- formed now, for a worker to act on
    OUT guideline_id bigint, OUT kind_name text, OUT question_name text,
    -- Tasks that the caller still has to hand out, `chosen` of them known answers; -1: all of serving.
    OUT wanted integer, OUT chosen integer,
    OUT ids bigint[], OUT languages text[], OUT contents text[]
) LANGUAGE plpgsql VOLATILE AS $function$
DECLARE
    around record;
    asked record;
    said record;
    held record;
    claimed record;
    is_due boolean := false;
    best integer;
    told text;
    began timestamptz;
BEGIN
    state := 'unknown';
    wanted := 0;
    chosen := 0;
    SELECT person.reads, person.is_simulated,
        campaign.status, campaign.kind, campaign.question, campaign.lease_for, campaign.breadth_first,
        campaign.gold_share, campaign.consensus, campaign.model_votes, campaign.trusted_alone,
        campaign.stop_at, campaign.overlap, campaign.least_overlap,
        coalesce(taking_part.standing, 'active') AS standing,
        coalesce(policy.test_size, 0) = 0 OR taking_part.qualified_at IS NOT NULL AS is_let_in,
        version.newest, version.told
    INTO around
    FROM django_session AS session
    JOIN people_user AS person ON person.id = p_person
    JOIN annotation_campaign AS campaign ON campaign.id = p_campaign
    LEFT JOIN annotation_participation AS taking_part
        ON taking_part.campaign_id = p_campaign AND taking_part.annotator_id = p_person
    LEFT JOIN annotation_qualitypolicy AS policy ON policy.campaign_id = p_campaign
    CROSS JOIN LATERAL (
        SELECT (array_agg(id ORDER BY version DESC))[1] AS newest, max(id) FILTER (WHERE id = p_guideline) AS told
        FROM annotation_guideline WHERE campaign_id = p_campaign
    ) AS version
    WHERE session.session_key = p_session AND session.session_data = p_session_data
      AND session.expire_date > now()
      AND person.is_active AND person.password = p_password AND person.role = p_role
      AND person.page_language = p_page_language;
    IF NOT FOUND OR around.newest IS NULL THEN
        RETURN;
    END IF;
    state := 'rare';
    guideline_id := around.newest;
    kind_name := around.kind;
    question_name := around.question;

    IF p_judgment IS NOT NULL THEN
        -- An answer under an earlier guideline may be to a question that has been asked anew since.
        IF around.trusted_alone OR around.standing = 'removed' OR around.told <> around.newest THEN
            RETURN;
        END IF;
        SELECT task.pool <> 'gold' AS may_settle, task.seats_granted, task.cluster,
            task.taken_by @> ARRAY[p_person] AS is_theirs
        INTO asked FROM annotation_task AS task
        WHERE task.id = p_task AND task.campaign_id = p_campaign
        FOR NO KEY UPDATE;
        IF NOT FOUND OR NOT asked.is_theirs THEN
            RETURN;
        END IF;
        SELECT count(*) FILTER (WHERE judgment.is_counted AND judgment.removed_at IS NULL) AS counted,
            coalesce(bool_or(judgment.annotator_id = p_person), false)
                OR EXISTS (SELECT 1 FROM annotation_judgment WHERE id = p_judgment) AS is_answered,
            coalesce(bool_or(judgment.is_counted AND judgment.answer = 'bad'), false) AS is_any_bad,
            EXISTS (SELECT 1 FROM annotation_lease WHERE task_id = p_task AND annotator_id = p_person) AS is_held
        INTO said FROM annotation_judgment AS judgment
        WHERE judgment.task_id = p_task AND judgment.withdrawn_at IS NULL AND judgment.set_aside_at IS NULL;
        IF said.is_answered OR NOT said.is_held THEN
            RETURN;
        END IF;
        IF asked.may_settle AND said.counted + 1 >= asked.seats_granted THEN
            is_due := NOT EXISTS (
                SELECT 1 FROM annotation_verdict WHERE task_id = p_task AND withdrawn_at IS NULL);
        END IF;
        -- Other arithmetic, somebody to be told, others who get the same verdict, more seats to grant.
        IF is_due AND (
            around.consensus <> 'majority' OR around.model_votes OR asked.cluster <> '' OR said.is_any_bad
            OR NOT p_may_form
            OR said.counted + 1 < CASE WHEN around.stop_at IS NULL THEN around.overlap ELSE around.least_overlap END
        ) THEN
            RETURN;
        END IF;
        -- From here on things are written.
        DELETE FROM annotation_lease WHERE task_id = p_task AND annotator_id = p_person;
        INSERT INTO annotation_judgment (
            id, task_id, annotator_id, answer, reason, typicality, took, guideline_id, comment,
            is_counted, is_simulated, judged_at
        ) VALUES (
            p_judgment, p_task, p_person, p_answer, '', p_typicality, p_took,
            coalesce(around.told, around.newest), p_comment, true, around.is_simulated, clock_timestamp()
        );
        IF is_due THEN
            SELECT count(*)::integer AS number, array_agg(id ORDER BY judged_at, id) AS basis,
                count(*) FILTER (WHERE answer = 'accept')::integer AS accept,
                count(*) FILTER (WHERE answer = 'reject')::integer AS reject,
                count(*) FILTER (WHERE answer = 'unsure')::integer AS unsure,
                count(*) FILTER (WHERE typicality = 'typical')::double precision AS typical,
                nullif(count(*) FILTER (WHERE typicality <> ''), 0) AS sided
            INTO said FROM annotation_judgment
            WHERE task_id = p_task AND is_counted
              AND withdrawn_at IS NULL AND removed_at IS NULL AND set_aside_at IS NULL;
            -- annotation.consensus.majority
            best := greatest(said.accept, said.reject, said.unsure);
            IF around.stop_at IS NOT NULL AND said.number < around.overlap
                AND (best + 0.25::double precision) / (said.number + 1) < around.stop_at
            THEN
                UPDATE annotation_task SET seats_free = seats_free + 1, seats_granted = seats_granted + 1
                WHERE id = p_task;
            ELSE
                told := CASE
                    WHEN (said.accept = best)::integer + (said.reject = best)::integer
                        + (said.unsure = best)::integer > 1 THEN ''
                    WHEN said.accept = best THEN 'accept'
                    WHEN said.reject = best THEN 'reject'
                    ELSE 'unsure' END;
                INSERT INTO annotation_verdict (
                    task_id, answer, reason, typicality, posterior, posteriors, confidence, is_disputed,
                    why, method, votes, basis, formed_at, acted_at
                ) VALUES (
                    p_task, coalesce(nullif(told, ''), 'unsure'), '',
                    CASE told WHEN 'accept' THEN said.typical / said.sided END,
                    (said.accept + 0.25::double precision) / (said.number + 1),
                    ARRAY[
                        (said.accept + 0.25::double precision) / (said.number + 1),
                        (said.reject + 0.25::double precision) / (said.number + 1),
                        (said.unsure + 0.25::double precision) / (said.number + 1),
                        0.25::double precision / (said.number + 1)
                    ],
                    (best + 0.25::double precision) / (said.number + 1), told = '', '', 'majority',
                    jsonb_build_object('accept', said.accept, 'reject', said.reject, 'unsure', said.unsure, 'bad', 0),
                    said.basis, now(), CASE told WHEN 'accept' THEN NULL ELSE now() END
                ) RETURNING id INTO verdict_id;
                IF told <> 'accept' THEN
                    verdict_id := NULL;
                END IF;
            END IF;
        END IF;
    END IF;
    state := 'done';

    IF p_size < 1 OR around.status <> 'running' THEN
        RETURN;
    END IF;
    SELECT count(*)::integer AS number, count(*) FILTER (WHERE own.task_id = ANY (p_have)) AS known,
        coalesce(bool_and(own.is_young), true) AS are_young
    INTO held FROM (
        SELECT lease.task_id, lease.expires_at > now() + around.lease_for * 0.75 AS is_young
        FROM annotation_lease AS lease JOIN annotation_task AS task ON task.id = lease.task_id
        WHERE lease.annotator_id = p_person AND task.campaign_id = p_campaign
        ORDER BY lease.leased_at, lease.id LIMIT p_size
    ) AS own;
    IF held.known < held.number OR NOT held.are_young OR p_size - held.number > 8 THEN
        wanted := -1;
        RETURN;
    END IF;
    IF around.standing <> 'active' OR NOT around.is_let_in THEN
        RETURN;
    END IF;
    wanted := p_size - held.number;
    IF around.gold_share > 0 THEN
        chosen := (SELECT count(*) FROM generate_series(1, wanted) WHERE random() < around.gold_share);
        IF chosen > 0 THEN
            RETURN;
        END IF;
    END IF;
    began := clock_timestamp();
    ids := '{}';
    languages := '{}';
    contents := '{}';
    FOR place IN 1 .. wanted LOOP
        -- The claim of annotation.actions.serving, one at a time: the planner has to know that.
        WITH picked AS (
            SELECT queue.id FROM unnest(around.reads) AS spoken (language)
            CROSS JOIN LATERAL (
                SELECT id, rank FROM annotation_task
                WHERE campaign_id = p_campaign AND language = spoken.language AND seats_free > 0
                  AND NOT taken_by @> ARRAY[p_person] AND pool <> 'gold'
                ORDER BY rank, id LIMIT 1
                FOR UPDATE SKIP LOCKED
            ) AS queue
            ORDER BY queue.rank, queue.id LIMIT 1
        )
        UPDATE annotation_task AS task
        SET seats_free = task.seats_free - 1, taken_by = task.taken_by || p_person,
            lapsed = array_remove(task.lapsed, p_person),
            rank = task.rank + CASE WHEN around.breadth_first THEN 1000000000 ELSE 0 END
        FROM picked WHERE task.id = picked.id
        RETURNING task.id, task.language, task.content::text AS content INTO claimed;
        EXIT WHEN NOT FOUND;
        INSERT INTO annotation_lease (task_id, annotator_id, leased_at, expires_at)
        VALUES (claimed.id, p_person, began + (10 * place - 5) * interval '1 microsecond', now() + around.lease_for);
        ids := ids || claimed.id;
        languages := languages || claimed.language::text;
        contents := contents || claimed.content;
    END LOOP;
    -- Nothing left, or all of it locked this very moment: the caller waits and asks again.
    wanted := CASE WHEN held.number = 0 AND ids = '{}' THEN -1 ELSE 0 END;
END
$function$
