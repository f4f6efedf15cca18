/* SPDX-License-Identifier: MIT */
/* verdict.c - choosing the worst situation, and the second worst */
#include "report/verdict.h"

/* A situation that holds, and where. */
struct found {
	const struct scene *scene; /* NULL: none */
	const struct situation *situation;
};

struct choice {
	struct found worst, second;
	bool is_incomplete; /* one of all that hold says so */
};

static bool is_worse(const struct situation *situation, const struct found *than)
{
	return !than->scene || situation->status > than->situation->status;
}

static void consider(struct choice *choice, const struct scene *scene, const struct situation *situation)
{
	const struct found found = {scene, situation};

	choice->is_incomplete |= situation->status == STATUS_INCOMPLETE;
	if (is_worse(situation, &choice->worst)) {
		choice->second = choice->worst;
		choice->worst = found;
	} else if (is_worse(situation, &choice->second)) {
		choice->second = found;
	}
}

/* That all is well is said only of evidence of which nothing else is. */
static void look_at(struct choice *choice, const struct scene *scene)
{
	bool is_well = true;

	for (const struct situation *situation = scene->situations; situation->holds; situation++) {
		if ((situation->status == STATUS_OK && !is_well) || (scene->is_aside && situation->status != STATUS_INCOMPLETE) || !situation->holds(scene))
			continue;
		is_well = false;
		consider(choice, scene, situation);
		if (situation->ends)
			return;
	}
}

static slice said(scene_words *words, const struct scene *scene)
{
	return words ? words(scene) : SLICE("");
}

/* The sentence, with the source in front where there are several of its kind. */
static slice sentence_of(const struct situation *situation, const struct scene *scene)
{
	const slice sentence = situation->sentence(scene);

	return scene->source.len ? SAY(scene->say, WORD_OF_SOURCE, scene->source, sentence) : sentence;
}

static slice join(struct say *say, slice first, slice second)
{
	if (first.len == 0 || second.len == 0)
		return first.len ? first : second;
	return SAY(say, WORD_TWO_SENTENCES, first, second);
}

/* The second worst, but that something is well only where all is. */
static slice closing(const struct choice *choice)
{
	const struct found *worst = &choice->worst, *second = &choice->second;

	if (second->scene && (second->situation->status > STATUS_OK || worst->situation->status == STATUS_OK)) {
		struct scene beside = *second->scene;

		beside.is_beside = true;
		return sentence_of(second->situation, &beside);
	}
	return said(worst->situation->closing, worst->scene);
}

void verdict_make(const struct scene *scenes, size_t n, struct verdict *ret)
{
	struct choice choice = {.is_incomplete = false};

	for (size_t i = 0; i < n; i++)
		look_at(&choice, &scenes[i]);

	const struct situation *worst = choice.worst.situation;
	const struct scene *scene = choice.worst.scene;
	struct say *say = scene->say;

	ret->status = worst->status;
	ret->status_word = say_word(say, worst->status_word);
	ret->subject_word = say_word(say, worst->subject_word);
	ret->sentence = sentence_of(worst, scene);
	ret->cause = said(worst->cause, scene);
	ret->preheader = said(worst->headline ? worst->headline : worst->cause, scene);
	/* A report that cannot vouch for its data says so in its subject, whatever is worse. */
	if (worst->status == STATUS_PROBLEM && choice.is_incomplete)
		ret->cause = SAY(say, WORD_CAUSE_AND_INCOMPLETE, ret->cause);
	ret->more = join(say, said(worst->detail, scene), closing(&choice));
}
